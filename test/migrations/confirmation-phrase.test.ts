import { describe, expect, test } from 'vitest';
import { confirmationPhrase, matchesPhrase } from '../../src/migrations/confirmation-phrase.ts';

const ID = '0123456789ABCDEF01234567';

function named(name: string) {
  return { technicalAccountId: ID, shown: { name, owner: null, sandboxes: ['prod'] } };
}

describe('the confirmation phrase', () => {
  test.each([
    ['a plain name', 'nightly etl', 'nightly etl'],
    ['spaces around the name', '  etl ', 'etl'],
    ['several spaces inside', 'nightly   etl', 'nightly etl'],
    ['other kinds of space', 'a\tb\nc\u00a0d\u2028e', 'a b c d e'],
    ['marks and digits', "O'Neil #1 *2* <etl> & co_3", "O'Neil #1 *2* <etl> & co_3"],
    ['another script', 'قاعدة البيانات', 'قاعدة البيانات'],
    ['letters beyond the basic plane', '𠮷野家', '𠮷野家'],
    ['accents composed or not', 'Cafe\u0301', 'Caf\u00e9'],
    ['80 characters', 'x'.repeat(80), 'x'.repeat(80)],
  ])('the phrase is the name: %s', (_, name, word) => {
    expect(confirmationPhrase(named(name))).toBe(word);
  });

  test.each([
    ['no name', ''],
    ['only spaces', ' \t\n '],
    ['81 characters', 'x'.repeat(81)],
    ['10 000 characters', 'x'.repeat(10_000)],
    ['an emoji', 'etl 🚀'],
    // Slack's text field gives emoji back as :names:.
    ['a sign that is drawn as an emoji', 'etl \u2764\ufe0f'],
    ['a flag', 'etl 🇳🇱'],
    ['a keycap', 'etl 1\u20e3'],
    ['a keycap with a variation selector', 'etl #\ufe0f\u20e3'],
    ['a lone skin tone', 'etl 🏽'],
    ['a right-to-left mark', 'etl\u200f'],
    ['a right-to-left override', 'etl\u202egnp'],
    ['a zero-width space', 'et\u200bl'],
    ['a zero-width joiner', 'et\u200dl'],
    ['a control character', 'etl\u0007'],
    ['a NUL', 'etl\0'],
    ['half a surrogate pair', 'etl\ud83d'],
    ['a character for private use', 'etl\ue000'],
    ['a replacement character', 'etl \ufffd'],
  ])('the phrase is the technical account id: %s', (_, name) => {
    expect(confirmationPhrase(named(name))).toBe(ID);
  });
});

describe('matching the confirmation phrase', () => {
  test.each([
    ['as it is', 'nightly etl'],
    ['with spaces around', '  nightly etl\n'],
    ['with other spaces inside', 'nightly \u00a0 etl'],
  ])('the phrase matches when typed %s', (_, typed) => {
    expect(matchesPhrase(named('nightly etl'), typed)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['spaces', '   '],
    ['another case', 'Nightly ETL'],
    ['a part', 'nightly'],
    ['more', 'nightly etl 2'],
    ['no space', 'nightlyetl'],
    ['the technical account id', ID],
    ['a mark that is not seen', 'nightly etl\u200f'],
    ['10 000 characters', 'nightly etl'.repeat(1_000)],
  ])('the phrase does not match: %s', (_, typed) => {
    expect(matchesPhrase(named('nightly etl'), typed)).toBe(false);
  });

  test('the phrase matches whether accents are composed or decomposed, on either side', () => {
    expect(matchesPhrase(named('Caf\u00e9'), 'Cafe\u0301')).toBe(true);
    expect(matchesPhrase(named('Cafe\u0301'), 'Caf\u00e9')).toBe(true);
    expect(matchesPhrase(named('Cafe'), 'Caf\u00e9')).toBe(false);
  });

  test('a name that cannot be typed does not match, but the technical account id does', () => {
    expect(matchesPhrase(named('etl 🚀'), ID)).toBe(true);
    expect(matchesPhrase(named('etl 🚀'), 'etl 🚀')).toBe(false);
    expect(matchesPhrase(named(''), ID)).toBe(true);
    expect(matchesPhrase(named(''), '')).toBe(false);
  });
});

test.each([
  ["o'brien--nightly", 'o’brien—nightly'],
  ['the "late" one', 'the “late” one'],
  ['a-b', 'a–b'],
])('the phrase %s matches as typed on a phone: %s', (name, typed) => {
  const request = { shown: { name, owner: null, sandboxes: ['prod'] }, technicalAccountId: 'A'.repeat(24) };
  expect(matchesPhrase(request, typed)).toBe(true);
});
