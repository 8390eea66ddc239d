import { expect, test } from 'vitest';
import { code, cutMrkdwn, mention, nameCode, namePlain, plain } from '../../src/slack/escaping.ts';
import { HOSTILE, problemsOfMrkdwn, problemsOfPlain } from './hostile.ts';

const texts = Object.entries(HOSTILE);
/** The text between the backticks of a code span. */
const inside = (span: string) => span.slice(1, -1);

test('code shows text from outside as one span, escaped and on one line', () => {
  const shown: readonly (readonly [text: string, shown: string])[] = [
    ['<!channel>', '&lt;!channel&gt;'],
    ['<@U1>', '&lt;@U1&gt;'],
    ['<https://a.example|b>', '&lt;https://a.example|b&gt;'],
    ['https://a.example', 'https://a.example'],
    ['*bold* _it_ ~no~', '*bold* _it_ ~no~'],
    ['a`b', "a'b"],
    ['```', "'''"],
    ['\u00b4\u02cb\uff40', "'''"],
    ['&amp;', '&amp;amp;'],
    ['R&D', 'R&amp;D'],
    ['&lt;', '&amp;lt;'],
    ['one\ntwo\r\nthree', 'one two three'],
    ['a\u0000b\u001b[31m', 'a b [31m'],
    ['a\u202eb\u2066c\u200fd', 'a b c d'],
    ['a\u2028b\u2029c\u0085d', 'a b c d'],
    ['\ud83da\ude00', '\ufffda\ufffd'],
    ['  spaced  ', 'spaced'],
    ['👩‍🚀 नमस्ते \u202fمرحبا', '👩‍🚀 नमस्ते \u202fمرحبا'],
    ['می‌خواهم', 'می‌خواهم'],
    ['', '(empty)'],
    [' \t\u00a0', '(empty)'],
    ['\u200b\u200d\ufeff', '(empty)'],
    ['\u3164\u2800', '(empty)'],
  ];
  const failures = shown
    .filter(([text, words]) => code(text) !== `\`${words}\``)
    .map(([text, words]) => `${JSON.stringify(text)}: ${code(text)} instead of ${words}`);
  expect(failures).toEqual([]);
});

test('code makes every hostile text inert, in one trimmed span no longer than allowed', () => {
  const failures = texts.flatMap(([name, text]) =>
    [7, 24, 80, 300].flatMap((max) => {
      const span = code(text, max);
      const inner = inside(span);
      const problems = [
        ...(/^`[^`]+`$/.test(span) ? [] : ['not one span']),
        ...(/[<>]|&(?!amp;|lt;|gt;)/.test(inner) ? ['not escaped'] : []),
        ...problemsOfMrkdwn(span),
        ...(inner.length <= max ? [] : ['too long']),
        ...(inner === inner.trim() ? [] : ['not trimmed']),
      ];
      return problems.map((problem) => `${name}, at most ${max}: ${problem}`);
    }),
  );
  expect(failures).toEqual([]);
});

test('code is cut by the number of characters that Slack counts, with an ellipsis', () => {
  expect(code('a'.repeat(80))).toBe(`\`${'a'.repeat(80)}\``);
  expect(code('a'.repeat(81))).toBe(`\`${'a'.repeat(79)}…\``);
  expect(code('&'.repeat(16))).toBe(`\`${'&amp;'.repeat(16)}\``);
  expect(code('&'.repeat(17))).toBe(`\`${'&amp;'.repeat(15)}…\``);
  expect(code('abcd   efgh', 7)).toBe('`abcd…`');
});

test('plain text keeps characters that are markup elsewhere', () => {
  expect(plain('<!channel> *R&D* `x`')).toBe('<!channel> *R&D* `x`');
  expect(plain(' \n ')).toBe('');
});

test('plain text of every hostile text is on one line and no longer than allowed', () => {
  const failures = texts.flatMap(([name, text]) =>
    [1, 24, 75, 80].flatMap((max) => {
      const words = plain(text, max);
      const problems = [...(words.length <= max ? [] : ['too long']), ...problemsOfPlain(words)];
      return problems.map((problem) => `${name}, at most ${max}: ${problem}`);
    }),
  );
  expect(failures).toEqual([]);
});

test('plain text is never cut inside a character as a person sees it', () => {
  const characters = {
    'a family': '👨‍👩‍👧‍👦',
    'a flag': '🇩🇪',
    'a hand with a colour': '👍🏽',
    'a letter with its accent': 'e\u0301',
    'a letter outside the first plane': '𝒜',
  };
  const failures: string[] = [];
  for (const [name, character] of Object.entries(characters)) {
    for (let max = 1; max < 4 * character.length; max += 1) {
      const whole = Math.floor((max - 1) / character.length);
      const cut = plain(character.repeat(10), max);
      if (cut !== `${character.repeat(whole)}…`) failures.push(`${name}, at most ${max}: ${cut}`);
    }
    expect(plain(character.repeat(3), 3 * character.length)).toBe(character.repeat(3));
  }
  expect(failures).toEqual([]);
});

test('a name with nothing visible in it is shown as (no name)', () => {
  for (const name of ['', '   ', '\u200b', '\u3164']) {
    expect(nameCode(name), JSON.stringify(name)).toBe('(no name)');
    expect(namePlain(name), JSON.stringify(name)).toBe('(no name)');
  }
});

test('a visible name is shown as it is', () => {
  expect(nameCode('R&D <nightly>')).toBe('`R&amp;D &lt;nightly&gt;`');
  expect(namePlain('R&D <nightly>')).toBe('R&D <nightly>');
  expect(namePlain('nightly job', 8)).toBe('nightly…');
});

test('a Slack user id becomes a mention', () => {
  for (const id of ['U1', 'U0ADMIN001', 'W012A3CDE']) expect(mention(id)).toBe(`<@${id}>`);
});

test('anything but a Slack user id is shown as text instead of a mention', () => {
  const texts = [
    ...['', 'u1', 'U', 'C0GENERAL1', 'U1>', 'U1|name', 'U1\n', ' U1'],
    ...['!channel', 'U1> <!channel', 'qs-creds', 'UÄ1'],
  ];
  for (const id of texts) expect(mention(id), JSON.stringify(id)).toBe(code(id));
});

test('a message is cut only where no code span, mention or escape is open', () => {
  expect(cutMrkdwn('abc', 3)).toBe('abc');
  expect(cutMrkdwn('abcd', 3)).toBe('ab…');
  expect(cutMrkdwn('a `code` b', 7)).toBe('a…');
  expect(cutMrkdwn('a <@U1> b', 6)).toBe('a…');
  expect(cutMrkdwn('a &amp; b', 5)).toBe('a…');
  expect(cutMrkdwn('a `b` <@U1> &lt; more', 19)).toBe('a `b` <@U1> &lt; m…');
  expect(cutMrkdwn('a😀b', 3)).toBe('a…');
});
