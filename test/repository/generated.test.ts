import { expect, test } from 'vitest';
import { z } from 'zod';
import { ENVIRONMENT_NAMES, environmentSchema } from '../../src/config/schema.ts';
import { generatedPages } from '../../tools/docs/generated.ts';
import { filesOf, read } from '../support/sources.ts';

test('what the pages take from the code is current, or npm run docs writes it again', () => {
  for (const { path, text } of generatedPages()) {
    expect(text === read(path), `${path} is not current: npm run docs`).toBe(true);
  }
});

test('the README has the settings, the page of the architecture the imports and the states of a migration, the style of messages the statuses', () => {
  expect(generatedPages().map(({ path, parts }) => [path, parts])).toEqual([
    ['.env.example', []],
    ['manifest.socket.yml', []],
    ['README.md', ['settings']],
    ['docs/architecture.md', ['imports', 'states']],
    ['docs/message-style.md', ['statuses']],
  ]);
});

test('the README and .env.example have the example of every setting that has one', () => {
  const examples = ENVIRONMENT_NAMES.flatMap((name) => {
    const { examples: given = [] } = z
      .object({ examples: z.array(z.string()) })
      .partial()
      .parse(environmentSchema.shape[name].meta());
    return given.map((example) => ({ name, example }));
  });
  expect(examples.length).toBeGreaterThan(10);
  const [readme, example] = ['README.md', '.env.example'].map(read);
  for (const each of examples) {
    const row = readme?.split('\n').find((line) => line.startsWith(`| \`${each.name}\` |`));
    expect(row, each.name).toContain(` | \`${each.example}\` |`);
    // Where there is a default, that is the example.
    const hasDefault = !new RegExp(`^${each.name}=$`, 'm').test(example ?? '');
    expect(
      hasDefault || example?.replaceAll('\n# ', ' ').includes(`Example: ${each.example}\n${each.name}=`),
      each.name,
    ).toBe(true);
  }
});

test('no other page has a marker that npm run docs would not see', () => {
  const pages = filesOf('.').filter((file) => file.endsWith('.md'));
  const marked = pages.filter((file) => read(file).includes('written by npm run docs'));
  expect(marked.sort()).toEqual(['README.md', 'docs/architecture.md', 'docs/message-style.md']);
});
