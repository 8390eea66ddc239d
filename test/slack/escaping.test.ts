import { describe, expect, test } from 'vitest';
import {
  ago,
  code,
  count,
  dateTime,
  day,
  mention,
  nameCode,
  namePlain,
  plain,
} from '../../src/slack/escaping.ts';
import { faultsOfMrkdwn, faultsOfPlain, HOSTILE } from './hostile.ts';

const texts = Object.entries(HOSTILE);
/** Between the backticks of a code span. */
const inside = (span: string) => span.slice(1, -1);

describe('code', () => {
  test.each([
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
  ])('of %j has %j inside', (text, words) => {
    expect(code(text)).toBe(`\`${words}\``);
  });

  test.each(texts)('of %s is one span of inert text, as long as was allowed', (_, text) => {
    for (const max of [7, 24, 80, 300]) {
      const span = code(text, max);
      expect(span).toMatch(/^`[^`]+`$/);
      expect(inside(span)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      expect(faultsOfMrkdwn(span)).toEqual([]);
      expect(inside(span).length).toBeLessThanOrEqual(max);
      expect(inside(span)).toBe(inside(span).trim());
    }
  });

  test('is cut after as many characters as Slack counts, with an ellipsis', () => {
    expect(code('a'.repeat(80))).toBe(`\`${'a'.repeat(80)}\``);
    expect(code('a'.repeat(81))).toBe(`\`${'a'.repeat(79)}…\``);
    expect(code('&'.repeat(16))).toBe(`\`${'&amp;'.repeat(16)}\``);
    expect(code('&'.repeat(17))).toBe(`\`${'&amp;'.repeat(15)}…\``);
    expect(code('abcd   efgh', 7)).toBe('`abcd…`');
  });
});

describe('plain', () => {
  test('keeps what is no markup there', () => {
    expect(plain('<!channel> *R&D* `x`')).toBe('<!channel> *R&D* `x`');
    expect(plain(' \n ')).toBe('');
  });

  test.each(texts)('of %s is as long as was allowed, on one line', (_, text) => {
    for (const max of [1, 24, 75, 80]) {
      const words = plain(text, max);
      expect(words.length).toBeLessThanOrEqual(max);
      expect(faultsOfPlain(words)).toEqual([]);
    }
  });

  test.each([
    ['a family', '👨‍👩‍👧‍👦'],
    ['a flag', '🇩🇪'],
    ['a face with a colour', '👍🏽'],
    ['a letter with its accent', 'e\u0301'],
    ['a letter outside the first plane', '𝒜'],
  ])('never cuts inside %s', (_, symbol) => {
    for (let max = 1; max < 4 * symbol.length; max += 1) {
      const cut = plain(symbol.repeat(10), max);
      const whole = Math.floor((max - 1) / symbol.length);
      expect(cut).toBe(`${symbol.repeat(whole)}…`);
    }
    expect(plain(symbol.repeat(3), 3 * symbol.length)).toBe(symbol.repeat(3));
  });
});

describe('a name', () => {
  test.each(['', '   ', '\u200b', '\u3164'])('of nothing to be seen (%j) says so', (name) => {
    expect(nameCode(name)).toBe('(no name)');
    expect(namePlain(name)).toBe('(no name)');
  });

  test('is shown as it is', () => {
    expect(nameCode('R&D <nightly>')).toBe('`R&amp;D &lt;nightly&gt;`');
    expect(namePlain('R&D <nightly>')).toBe('R&D <nightly>');
    expect(namePlain('nightly job', 8)).toBe('nightly…');
  });
});

describe('mention', () => {
  test.each(['U1', 'U0ADMIN001', 'W012A3CDE'])('of %s is a mention', (id) => {
    expect(mention(id)).toBe(`<@${id}>`);
  });

  test.each([
    '',
    'u1',
    'U',
    'C0GENERAL1',
    'U1>',
    'U1|name',
    'U1\n',
    ' U1',
    '!channel',
    'U1> <!channel',
    'qs-creds',
    'UÄ1',
  ])('of %j is text', (id) => {
    expect(mention(id)).toBe(code(id));
  });
});

describe('times', () => {
  const at = new Date('2025-06-30T23:59:59.999Z');

  test('are shown in the reader’s zone, with UTC to fall back on', () => {
    expect(dateTime(at)).toBe('<!date^1751327999^{date_short_pretty} {time}|2025-06-30 23:59 UTC>');
    expect(day(at)).toBe('<!date^1751327999^{date_short_pretty}|2025-06-30>');
  });

  test.each([
    [-90, 'just now'],
    [0, 'just now'],
    [59, 'just now'],
    [60, '1 minute ago'],
    [119, '1 minute ago'],
    [120, '2 minutes ago'],
    [3_599, '59 minutes ago'],
    [3_600, '1 hour ago'],
    [47 * 3_600 + 3_599, '47 hours ago'],
    [48 * 3_600, '2 days ago'],
    [71 * 3_600 + 3_599, '2 days ago'],
    [400 * 86_400, '400 days ago'],
  ])('%i seconds before are %j', (seconds, words) => {
    expect(ago(at, new Date(at.getTime() + seconds * 1_000))).toBe(words);
  });

  test.each([
    [0, '0 days'],
    [1, '1 day'],
    [2, '2 days'],
    [10_000, '10000 days'],
  ])('a count of %i is %j', (n, words) => {
    expect(count(n, 'day')).toBe(words);
  });
});
