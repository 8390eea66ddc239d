import { advice, documented, NOT_AN_ADMIN } from '../../credentials/adobe-codes.ts';
import type { AdobeProblem } from '../../credentials/adobe-error.ts';
import type { UnknownReason } from '../../credentials/credential.ts';
import type { Unread } from '../../credentials/ports.ts';
import { fixOf } from '../../lib/connection-fault.ts';
import { code } from '../escaping.ts';
import { count, dateTime } from './formatting.ts';
import { CREDENTIALS_TAB } from './terms.ts';

/** What went wrong, without a full stop, and what to do about it. */
interface Explanation {
  readonly what: string;
  readonly fix: string;
  /** " Adobe's request id: …", to be shown last; empty where Adobe gave none. */
  readonly reference: string;
}

/** "What went wrong. What to do about it. Adobe's request id: …" */
export function explain({ what, fix, reference }: Explanation): string {
  return `${what}. ${fix}${reference}`;
}

/** What went wrong at Adobe, and what to do about it. */
export function problemWords(problem: AdobeProblem): Explanation {
  return { ...wordsOf(problem), reference: referenceOf(problem) };
}

function referenceOf({ requestId }: AdobeProblem): string {
  return requestId === undefined ? '' : ` Adobe's request id: ${code(requestId)}.`;
}

/** Advice for a refused first migration: Adobe has no code of its own for what that needs. */
const FIRST_MIGRATION =
  'The first migration in an organisation needs a system admin: if there was none yet, let one do it in Adobe.';

const REFUSED_START = 'Fix what Adobe names, then ask again.';

/** Status and code; as one number, such as "403025", if the code begins with the status, as most do. */
function numbersOf({ status, code: given }: AdobeProblem): string {
  if (status !== undefined && given?.startsWith(String(status))) return given;
  return [status, given].filter((part) => part !== undefined).join(' ');
}

function wordsOf(problem: AdobeProblem): Omit<Explanation, 'reference'> {
  const known = documented(problem);
  const { operation } = problem;
  const isStart = operation.startsWith('start ');
  const numbers = numbersOf(problem);
  const detail = problem.detail === undefined ? '' : `: ${code(problem.detail, 300)}`;
  const meaning = known === null ? '' : `: ${known.meaning}`;
  const said = problem.detail === undefined || problem.detail === NOT_AN_ADMIN.meaning ? '' : code(problem.detail, 300);
  const parts = [numbers === '' ? '' : code(numbers), said].filter((part) => part !== '');
  const response = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  switch (problem.kind) {
    case 'token_refused':
      return {
        what: `Adobe refused the app's own credential${meaning}${response}`,
        fix:
          known === null
            ? 'Ask an operator to check `ADOBE_CLIENT_ID`, `ADOBE_CLIENT_SECRET` and `ADOBE_SCOPES`.'
            : advice(known),
      };
    case 'not_allowed':
      if (known !== null)
        return { what: `Adobe does not let the app ${operation}${meaning}${response}`, fix: advice(known) };
      return {
        what: `${NOT_AN_ADMIN.meaning}: Adobe does not let the app ${operation}${response}`,
        fix: `${advice(NOT_AN_ADMIN)} ${isStart ? FIRST_MIGRATION : `Some calls may need a person's token instead; if so, migrate in ${CREDENTIALS_TAB}.`}`,
      };
    case 'no_such_path':
      return {
        what: `Adobe returned ${code(numbers || '404')} when the app tried to ${operation}${detail}`,
        fix: isStart
          ? 'Adobe does not publish the migration call: ask an operator to set `ADOBE_MIGRATE_PATH` to the call that its page makes, or `MIGRATION_METHOD=hand-off`.'
          : "Ask an operator to check Adobe's addresses in the settings.",
      };
    case 'refused':
      return {
        what: `Adobe refused to ${operation}${meaning}${response}`,
        fix: known !== null ? advice(known) : isStart ? REFUSED_START : 'Ask an operator to fix what Adobe names.',
      };
    case 'throttled':
      if (problem.until !== undefined)
        return {
          what: `Adobe asks for a pause until ${dateTime(new Date(problem.until))}`,
          fix: 'No action needed: the sync goes on after it.',
        };
      return {
        what: `Adobe's rate limit was reached (${numbers === '' ? '429' : code(numbers)}) when the app tried to ${operation}`,
        fix: 'Try again in a minute.',
      };
    case 'unavailable':
      return { what: `Adobe failed to ${operation}${response}`, fix: 'Try again in a few minutes.' };
    case 'unreachable': {
      const cause = fixOf(problem.detail ?? '', 'ADOBE_IMS_URL, ADOBE_PLATFORM_URL, ADOBE_CONSOLE_URL');
      return {
        what: `Adobe could not be reached to ${operation}${detail}`,
        fix:
          cause === null
            ? 'Try again; if it keeps failing, ask an operator to check the network.'
            : `Try again; if it keeps failing, tell an operator: ${cause}.`,
      };
    }
    case 'lost':
      return {
        what: `Adobe's response was lost when the app tried to ${operation}`,
        fix: 'Try again in a few minutes.',
      };
    case 'bad_answer':
      return {
        what: `Adobe's response was not understood when the app tried to ${operation}${detail}`,
        fix: 'Ask an operator to report this: Adobe has changed the format of its responses.',
      };
    case 'no_such_organisation':
      return {
        what: 'The Developer Console does not show the organisation to the app',
        fix: "Ask an operator to check `ADOBE_ORG_ID`, and that the app's credential belongs to that organisation.",
      };
  }
}

/** "1 sandbox could not be read: `qa` (403). What was known of them stays …" Null when everything could be read. */
export function unreadWords(unread: readonly Unread[]): string | null {
  if (unread.length === 0) return null;
  const each = unread.map(({ what, count: n, names, problem }) => {
    const more = n > SHOWN_NAMES ? ' and others' : '';
    const shown = names.slice(0, SHOWN_NAMES).map((name) => code(name, 60));
    return `${count(n, what)} could not be read: ${shown.join(', ')}${more}${unreadBecause(problem)}`;
  });
  return `${each.join(' ')} What was known of them stays; the rest is up to date.`;
}

/** The same, only of what keeps credentials from being counted. */
export function uncountedWords(unread: readonly Unread[]): string | null {
  return unreadWords(unread.filter(({ what }) => what === 'sandbox' || what === 'account'));
}

/** " (`403`)." and, where Adobe documents the error, what it means and who can fix it; with Adobe's request id. */
function unreadBecause(problem: AdobeProblem): string {
  const known = documented(problem);
  const why = known === null ? (problem.status ?? problem.detail) : numbersOf(problem);
  const meaning = known === null ? '' : `: ${known.meaning}`;
  const because = why === undefined ? '' : ` (${code(String(why), 100)}${meaning})`;
  return `${because}.${known === null ? '' : ` ${advice(known)}`}${referenceOf(problem)}`;
}

/** Maximum number of names shown of what could not be read. */
const SHOWN_NAMES = 3;

/** Why a credential's status is unknown, and what to do about it. */
export function unknownWords(because: UnknownReason): Explanation {
  if (because.code === 'console_failed') return problemWords(because.problem);
  return {
    what: 'The Developer Console shows no integration with this technical account',
    fix: `Check it in ${CREDENTIALS_TAB}; it may belong to another organisation.`,
    reference: '',
  };
}
