import { describe, expect, test } from 'vitest';
import { filesOf, read } from '../support/sources.ts';

const INDEX = read('docs/decisions/README.md');
const DECISIONS = filesOf('docs/decisions').filter((file) => !file.endsWith('README.md'));

describe('the decisions', () => {
  test('are numbered without a gap, and each is in the index by its title', () => {
    const listed = [...INDEX.matchAll(/^- \[(.*)\]\((.*)\)$/gm)].map(([, title, file]) => `${file}: # ${title}`);
    const titles = DECISIONS.toSorted().map(
      (file) => `${file.replace('docs/decisions/', '')}: ${read(file).split('\n', 1)[0]}`,
    );
    expect(listed).toEqual(titles);
    expect(titles.map((title) => Number.parseInt(title, 10))).toEqual(titles.map((_, i) => i + 1));
  });

  test('say the context, the decision and what was rejected, in at most 25 lines', () => {
    const incomplete = DECISIONS.filter((file) => {
      const text = read(file);
      const parts = /\n\*\*Context\.\*\* [\s\S]+\n\*\*Decision\.\*\* [\s\S]+\n\*\*Rejected\*\*\n\n- /;
      return !parts.test(text) || text.trimEnd().split('\n').length > 25;
    });
    expect(incomplete).toEqual([]);
  });

  test('give a reason for every dependency in production, and for no other', () => {
    const [, table = ''] = INDEX.split('| package | for |\n');
    const rows = table.split('\n\n', 1)[0]?.split('\n').slice(1) ?? [];
    const explained = rows.flatMap((row) => row.split('|')[1]?.split(',') ?? []).map((name) => name.trim());
    expect(explained.sort()).toEqual(Object.keys(JSON.parse(read('package.json')).dependencies).sort());
  });
});
