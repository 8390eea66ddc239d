import type { ListedCredential } from '../../credentials/credential.ts';
import { LEFT } from '../../credentials/credential.ts';
import { type Triage, triageOf } from '../../usage/triage.ts';
import { code, plain } from '../escaping.ts';
import { dateTime, day, plainDateTime } from './formatting.ts';

/** Maximum length of Adobe's error in a row. Characters. */
const ERROR_LENGTH = 80;

/** How a row writes times and text from outside. */
interface Style {
  readonly time: (date: Date) => string;
  readonly day: (date: Date) => string;
  readonly text: (text: string) => string;
}

const MARKUP: Style = { time: dateTime, day, text: (text) => code(text, ERROR_LENGTH) };
const PLAIN: Style = {
  time: plainDateTime,
  day: (date) => date.toISOString().slice(0, 10),
  text: (text) => plain(text, ERROR_LENGTH),
};

/**
 * Why a credential has its place in a list, in a few words: "failing since 2 May: `…`", "next run today at 14:00",
 * "last query 3 May", "idle for 30 days", "use could not be read". Empty for one that is not left to migrate.
 */
export function usageWords(credential: ListedCredential, now: Date): string {
  return isLeft(credential) ? wordsOf(triageOf(credential, now), MARKUP) : '';
}

/** The same without markup; times in UTC. */
export function usagePlain(credential: ListedCredential, now: Date): string {
  return isLeft(credential) ? wordsOf(triageOf(credential, now), PLAIN) : '';
}

/** Follows a credential whose jobs fail, where there is no room for more. */
export function failingMark(credential: ListedCredential, now: Date): string {
  return isLeft(credential) && triageOf(credential, now).kind === 'failing' ? ' · *failing*' : '';
}

function isLeft({ status }: ListedCredential): boolean {
  return LEFT.includes(status);
}

function wordsOf(triage: Triage, { time, day: onDay, text }: Style): string {
  switch (triage.kind) {
    case 'failing': {
      const error = triage.error === null ? '' : `: ${text(triage.error)}`;
      return `failing since ${triage.mayBeEarlier ? 'at least ' : ''}${onDay(triage.since)}${error}`;
    }
    case 'in_use':
      if (triage.nextRunAt !== null) return `next run ${time(triage.nextRunAt)}`;
      return triage.lastQuery === null ? 'in use' : `last query ${onDay(triage.lastQuery.at)}`;
    case 'idle':
      return 'idle for 30 days';
    case 'unread':
      return triage.problem === null ? 'use not known yet' : 'use could not be read';
  }
}
