import { describe, expect, test } from 'vitest';
import { filesOf, read } from '../support/sources.ts';

interface Example {
  /** A file that has all of these is a place of the recipe. */
  readonly words: readonly RegExp[];
  /** Where to search for places; a recipe may name other files, which these words need not match. */
  readonly within: readonly string[];
}

/** By the heading of each recipe: how its example is found in the code. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  'A subcommand, like `chart`': {
    words: [
      /name: 'chart'|import \{ chart \}|usage_hint: .*\bchart\b|^\| `\/qs-creds chart`|^- `\/qs-creds .*`chart`|\bchart: (\d|'chart')/m,
    ],
    within: ['src/commands', 'manifest.yml', 'README.md', 'CHANGELOG.md', 'test/actions', 'bench'],
  },
  'A message, like the reply to `chart`': { words: [/\bchartMessage\b/], within: ['src', 'test/slack'] },
  'A button, like Refresh in Home': { words: [/\bhomeRefresh\b/], within: ['src'] },
  'A job, like the sync': { words: [/\bstartSyncLoop\b/], within: ['src'] },
  'A setting, like `MIGRATION_EXPECTED_SECONDS`': {
    words: [/\bMIGRATION_EXPECTED_SECONDS\b|\bexpectedMs: (number|40_000)\b/],
    within: ['src', 'test/config', 'test/support', 'test/simulation', '.env.example', 'README.md'],
  },
  'A method to migrate, like `developer-console`': {
    words: [/'developer-console'/, /'query-service'/],
    within: ['src', 'test/migrations/methods.test.ts'],
  },
  'A query, like `userIdsByEmail`': {
    words: [/\buserIdsByEmail(\(|: (true|false))|\brecipients_by_person\b/],
    within: ['src', 'test/reminders', 'test/simulation'],
  },
  'A table or column, like `daily_counts`': { words: [/daily_counts/], within: ['src', 'test/db'] },
};

const [, section = ''] = read('CONTRIBUTING.md').split('\n## Recipes\n');
const RECIPES = (section.split('\n## ', 1)[0] ?? '')
  .split('\n### ')
  .slice(1)
  .map((text) => ({ title: text.split('\n', 1)[0] ?? '', steps: text.match(/^\d\. .*(?:\n {3}.*)*$/gm) ?? [] }))
  .filter(({ steps }) => steps.length > 0);
const FILE = /`((?:src|test|bench)\/[\w./-]+\.ts|README\.md|CHANGELOG\.md|manifest\.yml|\.env\.example)`/g;

function isWithin(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`));
}

describe('the recipes in CONTRIBUTING.md', () => {
  test('are those whose examples are known here', () => {
    expect(RECIPES.map(({ title }) => title)).toEqual(Object.keys(EXAMPLES));
  });

  test.each(Object.entries(EXAMPLES))(
    '%s: the places are exactly those where the example is in the code',
    (title, example) => {
      const recipe = RECIPES.find((each) => each.title === title);
      const named = [...(recipe?.steps.join('\n') ?? '').matchAll(FILE)].map(([, path = '']) => path);
      const found = filesOf('.')
        .filter((path) => isWithin(path, example.within))
        .filter((path) => example.words.every((word) => word.test(read(path))));
      const places = named.filter((path) => isWithin(path, example.within));
      expect([...new Set(places)].sort()).toEqual(found.sort());
    },
  );

  test('name only what the code has', () => {
    const code = filesOf('src', 'test').map(read).join('\n');
    const names = RECIPES.flatMap(({ steps }) => steps).flatMap((step) => [
      ...step.matchAll(/`([A-Z]\w+|[a-z]+[A-Z]\w+)`/g),
    ]);
    const missing = names.map(([, name = '']) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(code));
    expect(names.length).toBeGreaterThan(5);
    expect(missing).toEqual([]);
  });
});
