import { expect, test } from 'vitest';
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

test('no other page has a marker that npm run docs would not see', () => {
  const pages = filesOf('.').filter((file) => file.endsWith('.md'));
  const marked = pages.filter((file) => read(file).includes('written by npm run docs'));
  expect(marked.sort()).toEqual(['README.md', 'docs/architecture.md', 'docs/message-style.md']);
});
