import { expect, test } from 'vitest';
import { filesOf, linesWith } from '../support/sources.ts';

const TEXTS = filesOf('.').filter((file) =>
  /^(src|test|playground|docs|tools|\.github)\/.*\.(ts|js|css|html|md|yml)$|^[^/]+\.(md|yml)$|^\.env\.example$/.test(
    file,
  ),
);
/** Retired words, each with a better one in the comment of its line; only forms that have no other meaning. */
const RETIRED = [
  /\blaps(e|es|ed|ing)\b/i, // expire
  /\banew\b/i, // again
  /\bwhoever\b/i, // a concrete noun
  /\bhears? of\b/i, // is notified of
  /\bfor ever\b/i, // forever, permanently
  /\buntold\b/i, // unnotified
  /\b(the|a) yes\b/i, // the confirmation
  /\bby itself\b/i, // automatically, on its own
  /\bdesk\b/i, // error boundary
  /\baddressees?\b/i, // recipient
  /\binventory\b/i, // catalogue
  /\bPromises? [1-6]\b/, // README, promise N
  /\bDESIGN\b/, // no such page in the repository
];
/** Released schema changes keep the names they created. */
const RELEASED = /^(src\/db\/schema-changes\.ts|test\/reminders\/schema-change\.test\.ts):\d+.*\baddressees?\b/;

test('no retired word is left', () => {
  const others = TEXTS.filter((file) => file !== 'test/repository/language.test.ts');
  expect(others.length).toBeGreaterThan(300);
  const found = RETIRED.flatMap((word) => linesWith(word, others)).filter((line) => !RELEASED.test(line));
  expect(found).toEqual([]);
});
