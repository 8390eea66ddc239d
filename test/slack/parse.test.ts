import { expect, test } from 'vitest';
import { parse } from '../../src/commands/router.ts';

const PARSED = [
  ['', '', ''],
  [' \t\u00a0\n ', '', ''],
  ['list', 'list', ''],
  ['LIST', 'list', ''],
  ['  list  mine ', 'list', 'mine'],
  ['list\u00a0mine', 'list', 'mine'],
  ['list\nmine', 'list', 'mine'],
  ['migrate BI Nightly', 'migrate', 'BI Nightly'],
  ['migrate two  spaces', 'migrate', 'two  spaces'],
  ['migrate "BI Nightly"', 'migrate', 'BI Nightly'],
  ["migrate 'BI Nightly'", 'migrate', 'BI Nightly'],
  ['migrate `BI Nightly`', 'migrate', 'BI Nightly'],
  ['migrate “BI Nightly”', 'migrate', 'BI Nightly'],
  ['migrate ‘BI Nightly’', 'migrate', 'BI Nightly'],
  ['migrate " spaced "', 'migrate', 'spaced'],
  ['migrate "two\nlines"', 'migrate', 'two\nlines'],
  ['migrate ""', 'migrate', ''],
  ['migrate "', 'migrate', '"'],
  ['migrate "open', 'migrate', '"open'],
  ['migrate a "b" c', 'migrate', 'a "b" c'],
  ['migrate R&amp;D &lt;nightly&gt;', 'migrate', 'R&D <nightly>'],
  ['migrate &amp;lt;', 'migrate', '&lt;'],
  ['migrate &quot;a&quot;', 'migrate', '&quot;a&quot;'],
  ['&lt;b&gt; x', '<b>', 'x'],
  ['İSTANBUL x', 'i̇stanbul', 'x'],
  ['list\u0000mine', 'list\u0000mine', ''],
  ['constructor', 'constructor', ''],
] as const;

test('a command text is split into the subcommand in lower case and its argument without quotes', () => {
  const failures = PARSED.filter(([text, name, args]) => {
    const parsed = parse(text);
    return parsed.name !== name || parsed.args !== args;
  });
  expect(failures).toEqual([]);
});

test('a text of ten thousand characters is parsed without being truncated', () => {
  const long = 'ab '.repeat(3_334);
  expect(parse(`list ${long}`)).toEqual({ name: 'list', args: long.trim() });
  expect(parse('x'.repeat(10_000)).name).toHaveLength(10_000);
  expect(parse(' '.repeat(10_000))).toEqual({ name: '', args: '' });
  expect(parse(`migrate "${' "'.repeat(5_000)}`).name).toBe('migrate');
});
