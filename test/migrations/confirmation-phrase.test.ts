import { describe, expect, test } from 'vitest';
import { confirmationPhrase, matchesPhrase } from '../../src/migrations/confirmation-phrase.ts';

const ID = '0123456789ABCDEF01234567';

function named(name: string) {
  return { technicalAccountId: ID, shown: { name, owner: null, sandboxes: ['prod'] } };
}

describe('the confirmation phrase', () => {
  test.each([
    ['a plain name', 'nightly etl', 'nightly etl'],
    ['a name with spaces around it', '  etl ', 'etl'],
    ['a name with several spaces inside', 'nightly   etl', 'nightly etl'],
    ['a name with other kinds of space', 'a\tb\nc\u00a0d\u2028e', 'a b c d e'],
    ['a name with punctuation and digits', "O'Neil #1 *2* <etl> & co_3", "O'Neil #1 *2* <etl> & co_3"],
    ['a name in another script', 'قاعدة البيانات', 'قاعدة البيانات'],
    ['a name with letters beyond the basic plane', '𠮷野家', '𠮷野家'],
    ['a name with decomposed accents', 'Cafe\u0301', 'Caf\u00e9'],
    ['a name of 80 characters', 'x'.repeat(80), 'x'.repeat(80)],
  ])('the phrase for %s is the name', (_, name, word) => {
    expect(confirmationPhrase(named(name))).toBe(word);
  });

  test.each([
    ['a credential without a name', ''],
    ['a name of only spaces', ' \t\n '],
    ['a name of 81 characters', 'x'.repeat(81)],
    ['a name of 10 000 characters', 'x'.repeat(10_000)],
    ['a name with an emoji', 'etl 🚀'],
    // Slack's text field returns emoji as :names:.
    ['a name with a sign that is drawn as an emoji', 'etl \u2764\ufe0f'],
    ['a name with a flag', 'etl 🇳🇱'],
    ['a name with a keycap', 'etl 1\u20e3'],
    ['a name with a keycap and a variation selector', 'etl #\ufe0f\u20e3'],
    ['a name with a lone skin tone', 'etl 🏽'],
    ['a name with a right-to-left mark', 'etl\u200f'],
    ['a name with a right-to-left override', 'etl\u202egnp'],
    ['a name with a zero-width space', 'et\u200bl'],
    ['a name with a zero-width joiner', 'et\u200dl'],
    ['a name with a control character', 'etl\u0007'],
    ['a name with a NUL', 'etl\0'],
    ['a name with half a surrogate pair', 'etl\ud83d'],
    ['a name with a private-use character', 'etl\ue000'],
    ['a name with a replacement character', 'etl \ufffd'],
  ])('the phrase for %s is the technical account id', (_, name) => {
    expect(confirmationPhrase(named(name))).toBe(ID);
  });
});

describe('matching the confirmation phrase', () => {
  test.each([
    ['as it is', 'nightly etl'],
    ['with spaces around it', '  nightly etl\n'],
    ['with other kinds of space inside', 'nightly \u00a0 etl'],
  ])('the phrase matches when typed %s', (_, typed) => {
    expect(matchesPhrase(named('nightly etl'), typed)).toBe(true);
  });

  test.each([
    ['an empty text', ''],
    ['only spaces', '   '],
    ['the name in another case', 'Nightly ETL'],
    ['a part of the name', 'nightly'],
    ['the name with more after it', 'nightly etl 2'],
    ['the name without its space', 'nightlyetl'],
    ['the technical account id', ID],
    ['the name with an invisible mark', 'nightly etl\u200f'],
    ['the name a thousand times over', 'nightly etl'.repeat(1_000)],
  ])('the phrase does not match %s', (_, typed) => {
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
