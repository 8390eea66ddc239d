import { distance } from 'fastest-levenshtein';
import { ENVIRONMENT_NAMES, MAX_EDITS } from './schema.ts';

const OUR_PREFIX = /^(SLACK|ADOBE|PRODUCTION|MIGRATION|REMINDER)_/;
const KNOWN: ReadonlySet<string> = new Set(ENVIRONMENT_NAMES);

/** One warning for each variable that looks like a misspelt setting. Names only, never values. */
export function likelyMisspellings(names: readonly string[]): string[] {
  return names
    .filter((name) => OUR_PREFIX.test(name) && !KNOWN.has(name))
    .flatMap((name) => {
      const meant = ENVIRONMENT_NAMES.find((known) => distance(known, name) <= MAX_EDITS);
      return meant === undefined
        ? []
        : [`${name} is not a setting of qs-creds and was ignored: did you mean ${meant}?`];
    });
}
