import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf, ROOT, read } from '../support/sources.ts';

const PAGES = filesOf('.').filter((file) => file.endsWith('.md'));

function exists(path: string): boolean {
  return existsSync(join(ROOT, path));
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the pages', () => {
  test('every link to a file or a heading leads there', () => {
    const links = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) => ({ page, target })),
    );
    expect(links.length).toBeGreaterThan(30);
    const broken = links.filter(({ page, target }) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : posix.join(dirname(page), path);
      return !exists(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  test('every page can be reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)#\s]+\.md)/g)) {
        reached.add(posix.join(dirname(page), target));
      }
    }
    expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
  });

  test('every path of the repository that they name exists', () => {
    const named = PAGES.flatMap((page) =>
      [...read(page).matchAll(/`((?:src|test|tools|playground|docs|\.ci|\.github)\/[\w./-]+)`/g)].map(
        ([, path = '']) => ({ page, path }),
      ),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ path }) => !exists(path))).toEqual([]);
  });
});

test('the page of the architecture names every folder and file right in src', () => {
  const [, tree = ''] = read('docs/architecture.md').split('\n```\nsrc/\n');
  const named = tree.split('\n```\n', 1)[0] ?? '';
  const parts = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).map((each) =>
    each.isDirectory() ? `${each.name}/` : each.name,
  );
  expect(parts.length).toBeGreaterThan(20);
  expect(parts.filter((part) => !new RegExp(`(^|\\s)${part}(\\s|$)`, 'm').test(named))).toEqual([]);
});

describe('the promises', () => {
  const [, table = ''] = read('docs/architecture.md').split('| promise | code | tests |\n');
  const rows = table
    .split('\n\n', 1)[0]
    ?.split('\n')
    .slice(1)
    .map((row) => row.split('|').map((cell) => cell.trim()))
    .map(([, name = '', code = '', tests = '']) => ({ name, code: namesIn(code), tests: namesIn(tests) }));

  function namesIn(cell: string): string[] {
    return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  }

  test('are as many in the README as in the page of the architecture, in the same order', () => {
    const [, section = ''] = read('README.md').split('\n## Six promises\n');
    const promised = section.split('\n## ', 1)[0]?.match(/^\d\. /gm);
    expect(promised).toEqual(['1. ', '2. ', '3. ', '4. ', '5. ', '6. ']);
    expect(rows?.map(({ name }) => name.slice(0, 3))).toEqual(promised);
  });

  test('are each kept by code and held by tests that exist', () => {
    const missing = rows?.flatMap(({ name, code, tests }) => [
      ...(code.length === 0 || tests.length === 0 ? [`${name}: nothing`] : []),
      ...[...code.map((file) => `src/${file}`), ...tests].filter((file) => !exists(file)),
    ]);
    expect(missing).toEqual([]);
  });
});

test('what the README says is stored has a place for every table of the database', () => {
  /** The words of the section about each table. */
  const places: Readonly<Record<string, string>> = {
    credentials: 'credentials: name',
    credential_counts: 'credentials: name',
    integrations: 'credentials: name',
    first_statuses: 'credentials: name',
    credential_usage: 'last errors of their schedules',
    sync_state: 'when Adobe was read',
    adobe_pauses: 'pauses that it asked for',
    daily_counts: 'counts of each day',
    migrations: 'requests: the credential as shown',
    audit: 'the audit trail',
    audit_head: 'the audit trail',
    leases: 'which instance does what',
    reminder_rounds: 'reminders',
    reminder_messages: 'direct messages',
    recipients: "the Slack id of an owner's email",
    snoozes: 'snoozes',
    holds: 'holds',
    notices: 'the place of what owners ask',
    watches: 'how its jobs have run since',
    takeovers: 'takeovers',
    reminder_state: 'reminders',
  };
  const [, tables = ''] = /interface Tables \{\n([\s\S]*?)\n\}/.exec(read('src/db/tables.ts')) ?? [];
  expect([...tables.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name).sort()).toEqual(Object.keys(places).sort());
  const [, section = ''] = read('README.md').split('\n## What is stored\n');
  const rows = section.split('\n## ', 1)[0] ?? '';
  expect(Object.entries(places).filter(([, words]) => !rows.includes(words))).toEqual([]);
});
