import { expect, test } from 'vitest';
import { parse as parseTyped } from '../../src/commands/router.ts';
import { readTyped } from '../../src/commands/typed-text.ts';

/** Parses a text in the form in which Slack sends it. */
const parse = (sent: string) => parseTyped(readTyped(sent).text);

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

const ESCAPED = [
  ['list <@U0OWNER001|owner> production', 'list @owner production', [['@owner', 'U0OWNER001']]],
  ['list <@U0OWNER001>', 'list @U0OWNER001', [['@U0OWNER001', 'U0OWNER001']]],
  ['list <@W0OWNER001|two words>', 'list @W0OWNER001', [['@W0OWNER001', 'W0OWNER001']]],
  [
    '<@U1|jo> <@U2|jo> <@U1|jo>',
    '@jo @U2 @jo',
    [
      ['@jo', 'U1'],
      ['@U2', 'U2'],
    ],
  ],
  // An escaped mention was typed by hand.
  ['list &lt;@U0OWNER001&gt; @owner', 'list <@U0OWNER001> @owner', []],
  ['migrate <http://etl.example.com|etl.example.com>', 'migrate etl.example.com', []],
  ['migrate <http://etl.example.com|etl.example.com>-old', 'migrate etl.example.com-old', []],
  ['migrate <https://example.com/?a=1&amp;b=2>', 'migrate https://example.com/?a=1&b=2', []],
  ['migrate <mailto:svc@example.com|svc@example.com>', 'migrate svc@example.com', []],
  ['migrate <mailto:svc@example.com>', 'migrate svc@example.com', []],
  ['migrate <#C0DATA0001|nightly> <#C0DATA0001|> <#C0DATA0001>', 'migrate #nightly #C0DATA0001 #C0DATA0001', []],
  ['migrate <!channel> <!subteam^S1|@admins>', 'migrate @channel @admins', []],
  ['migrate <http://etl.example.com/a%7Cb|etl.example.com/a|b>', 'migrate etl.example.com/a|b', []],
  ['migrate <!here|here> <!everyone|@everyone>', 'migrate @here @everyone', []],
  ['migrate a|b <@nobody> < >', 'migrate a|b @nobody  ', []],
  ['migrate R&amp;amp;D &lt;<http://a.example|a.example>&gt;', 'migrate R&amp;D <a.example>', []],
] as const;

test('a command text that Slack escaped is read as it was typed, with the people it mentions', () => {
  for (const [sent, text, mentions] of ESCAPED)
    expect([sent, readTyped(sent)]).toEqual([sent, { text, mentions: new Map(mentions as never) }]);
});

test('a command text of ten thousand characters is parsed without being truncated', () => {
  const long = 'ab '.repeat(3_334);
  expect(parse(`list ${long}`)).toEqual({ name: 'list', args: long.trim() });
  expect(parse('x'.repeat(10_000)).name).toHaveLength(10_000);
  expect(parse(' '.repeat(10_000))).toEqual({ name: '', args: '' });
  expect(parse(`migrate "${' "'.repeat(5_000)}`).name).toBe('migrate');
});
