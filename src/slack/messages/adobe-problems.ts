import { advice, documentedError, NOT_AN_ADMIN } from '../../credentials/adobe-codes.ts';
import type { AdobeProblem } from '../../credentials/adobe-error.ts';
import type { UnknownReason } from '../../credentials/credential.ts';
import type { UnreadItems } from '../../credentials/ports.ts';
import { connectionFix } from '../../lib/connection-fault.ts';
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
  return { ...explanationOf(problem), reference: referenceOf(problem) };
}

function referenceOf({ requestId }: AdobeProblem): string {
  return requestId === undefined ? '' : ` Adobe's request id: ${code(requestId)}.`;
}

/** Advice for a refused first migration: Adobe has no code of its own for what that needs. */
const FIRST_MIGRATION =
  'The first migration in an organisation needs a system admin: if there was none yet, let one do it in Adobe.';

const PERSONS_TOKEN = `Some calls may need a person's token instead; if so, migrate in ${CREDENTIALS_TAB}.`;

/** Maximum length of what Adobe wrote. Characters. */
const DETAIL_LENGTH = 300;
/** Maximum number of names shown of what could not be read. */
const NAMES_SHOWN = 3;

/** " (`403025`, `what Adobe wrote`)"; empty if Adobe gave neither. */
function responseOf(problem: AdobeProblem): string {
  const parts: string[] = [];
  const numbers = statusAndCode(problem);
  if (numbers !== '') parts.push(code(numbers));
  if (problem.detail !== undefined && problem.detail !== NOT_AN_ADMIN.meaning)
    parts.push(code(problem.detail, DETAIL_LENGTH));
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** Status and code; as one number, such as "403025", if the code begins with the status, as most do. */
function statusAndCode({ status, code: adobeCode }: AdobeProblem): string {
  if (status !== undefined && adobeCode?.startsWith(String(status))) return adobeCode;
  return [status, adobeCode].filter((part) => part !== undefined).join(' ');
}

function explanationOf(problem: AdobeProblem): Omit<Explanation, 'reference'> {
  const known = documentedError(problem);
  const { operation } = problem;
  const isStart = operation.startsWith('start ');
  const numbers = statusAndCode(problem);
  const detail = problem.detail === undefined ? '' : `: ${code(problem.detail, DETAIL_LENGTH)}`;
  const meaning = known === null ? '' : `: ${known.meaning}`;
  const response = responseOf(problem);
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
        fix: `${advice(NOT_AN_ADMIN)} ${isStart ? FIRST_MIGRATION : PERSONS_TOKEN}`,
      };
    case 'no_such_path':
      return {
        what: `Adobe returned ${code(numbers || '404')} when the app tried to ${operation}${detail}`,
        fix: isStart
          ? 'Adobe does not publish the migration call: ask an operator to set `ADOBE_MIGRATE_PATH` to the call that its page makes, or `MIGRATION_METHOD=hand-off`.'
          : "Ask an operator to check Adobe's addresses in the settings.",
      };
    case 'refused': {
      const usual = isStart ? 'Fix what Adobe names, then ask again.' : 'Ask an operator to fix what Adobe names.';
      return {
        what: `Adobe refused to ${operation}${meaning}${response}`,
        fix: known === null ? usual : advice(known),
      };
    }
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
      const cause = connectionFix(problem.detail ?? '', 'ADOBE_IMS_URL, ADOBE_PLATFORM_URL, ADOBE_CONSOLE_URL');
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
export function unreadWords(unread: readonly UnreadItems[]): string | null {
  if (unread.length === 0) return null;
  const sentences = unread.map(({ what, count: total, names, problem }) => {
    const more = total > NAMES_SHOWN ? ' and others' : '';
    const shown = names.slice(0, NAMES_SHOWN).map((name) => code(name, 60));
    return `${count(total, what)} could not be read: ${shown.join(', ')}${more}${unreadBecause(problem)}`;
  });
  return `${sentences.join(' ')} What was known of them stays; the rest is up to date.`;
}

/** The same, only of what keeps credentials from being counted. */
export function uncountedWords(unread: readonly UnreadItems[]): string | null {
  return unreadWords(unread.filter(({ what }) => what === 'sandbox' || what === 'account'));
}

/** " (`403`)." and, where Adobe documents the error, what it means and who can fix it; with Adobe's request id. */
function unreadBecause(problem: AdobeProblem): string {
  const known = documentedError(problem);
  const reference = referenceOf(problem);
  if (known !== null) return ` (${code(statusAndCode(problem), 100)}: ${known.meaning}). ${advice(known)}${reference}`;
  const why = problem.status ?? problem.detail;
  return `${why === undefined ? '' : ` (${code(String(why), 100)})`}.${reference}`;
}

/** Why a credential's status is unknown, and what to do about it. */
export function unknownStatusWords(because: UnknownReason): Explanation {
  if (because.code === 'console_failed') return problemWords(because.problem);
  return {
    what: 'The Developer Console shows no integration with this technical account',
    fix: `Check it in ${CREDENTIALS_TAB}; it may belong to another organisation.`,
    reference: '',
  };
}
