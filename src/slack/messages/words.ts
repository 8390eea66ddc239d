import type { AdobeProblem } from '../../credentials/adobe-error.ts';
import { type CredentialStatus, isProduction, type UnknownReason } from '../../credentials/credential.ts';
import type { Shown } from '../../migrations/migration.ts';
import { CONSOLE_LAST_DAY } from '../../reminders/windows.ts';
import { code, count } from '../escaping.ts';

/** The words of DESIGN for a credential's status: the same everywhere. */
export const STATUS_WORDS: Readonly<Record<CredentialStatus, string>> = {
  eligible: 'Eligible',
  migrating: 'Migrating',
  migrated: 'Migrated',
  not_eligible: 'Not eligible',
  unknown: 'Unknown',
  needs_attention: 'Needs attention',
};

/** Named of a credential's sandboxes unless a place has less room; the rest is a number. */
const SANDBOXES_SHOWN = 5;

/** "`prod` (production), `dev`"; where not all are named, production ones come first. */
export function sandboxWords(sandboxes: readonly string[], most = SANDBOXES_SHOWN): string {
  const marked = sandboxes.map((name) => ({ name, production: isProduction(name) }));
  const rest = marked.length - most;
  if (rest > 0) marked.sort((a, b) => Number(b.production) - Number(a.production));
  const words = marked
    .slice(0, most)
    .map(({ name, production }) => code(name) + (production ? ' (production)' : ''));
  return [...words, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

export function ownerWords(owner: string | null): string {
  return owner === null ? 'no owner' : `owner ${code(owner)}`;
}

/** "sandbox `prod` (production) · owner `somebody@example.com`" */
export function whereWords({ sandboxes, owner }: Omit<Shown, 'name'>): string {
  return `${sandboxes.length === 1 ? 'sandbox' : 'sandboxes'} ${sandboxWords(sandboxes)} · ${ownerWords(owner)}`;
}

/** "7 days left", "last day", "10 days overdue". `days` until the deadline. */
export function deadlineWords(days: number): string {
  if (days > 0) return `${count(days, 'day')} left`;
  return days === 0 ? 'last day' : `${count(-days, 'day')} overdue`;
}

/** What the deadline means, before and after it: Adobe's two pages, in our words. */
export function deadlineMeaning(days: number, now: Date): string {
  if (days >= 0)
    return 'After the deadline, JWT credentials no longer refresh or authenticate, and jobs that use them fail.';
  const passed = `The later date of the Developer Console's page, ${CONSOLE_LAST_DAY}, has passed too.`;
  return `JWT credentials no longer refresh or authenticate. ${laterDate(now) ?? passed}`;
}

/** The later date, as Adobe's other page has it; null once it has passed. */
export function laterDate(now: Date): string | null {
  if (now.toISOString().slice(0, 10) >= CONSOLE_LAST_DAY) return null;
  return `The Developer Console's page lets some work until their certificate expires or ${CONSOLE_LAST_DAY}, whichever is earlier.`;
}

/** What went wrong at Adobe, and what to do about it: one sentence each. */
export function problemWords(problem: AdobeProblem): { what: string; fix: string } {
  const answer = [problem.status, problem.code].filter((part) => part !== undefined).join(' ');
  const said = problem.detail === undefined ? '' : `: ${code(problem.detail, 300)}`;
  const answered = `${answer === '' ? '' : ` (${code(answer)})`}${said}`;
  switch (problem.kind) {
    case 'token_refused':
      return {
        what: `Adobe refused the app's own credential${answered}`,
        fix: 'An operator checks `ADOBE_CLIENT_ID`, `ADOBE_CLIENT_SECRET` and `ADOBE_SCOPES`.',
      };
    case 'not_allowed':
      return {
        what: `AEP admin verification failed: Adobe does not let the app ${problem.operation}${answered}`,
        fix: "An Adobe system admin gives the app's credential admin rights for Query Service and the Developer Console. Some of these calls may want a person's token instead; then migrate in Adobe's own Credentials tab.",
      };
    case 'no_such_path':
      return {
        what: `Adobe serves nothing where the app tried to ${problem.operation}${answered}`,
        fix: "An operator checks `ADOBE_MIGRATE_PATH` and the Adobe addresses in the settings. Adobe does not publish the migration call; where it is not to be had, `hand-off` remains: somebody presses Migrate in Adobe's Credentials tab, and qs-creds sees it at its next look.",
      };
    case 'refused':
      return {
        what: `Adobe refused to ${problem.operation}${answered}`,
        fix: 'Change what Adobe names, then ask again.',
      };
    case 'throttled':
      return {
        what: `Adobe asks for a pause (429) when the app tries to ${problem.operation}`,
        fix: 'Try again in a minute.',
      };
    case 'unavailable':
      return { what: `Adobe failed to ${problem.operation}${answered}`, fix: 'Try again in a few minutes.' };
    case 'unreachable':
      return {
        what: `Adobe could not be reached to ${problem.operation}`,
        fix: 'Try again; if it stays, an operator checks the network.',
      };
    case 'lost':
      return {
        what: `Adobe's answer was lost when the app tried to ${problem.operation}`,
        fix: 'Try again in a few minutes.',
      };
    case 'bad_answer':
      return {
        what: `Adobe's answer was not understood when the app tried to ${problem.operation}${said}`,
        fix: 'An operator reports this: Adobe has changed the form of its answers.',
      };
    case 'no_such_organisation':
      return {
        what: 'The Developer Console does not show the organisation to the app',
        fix: "An operator checks `ADOBE_ORG_ID`, and that the app's credential belongs to that organisation.",
      };
  }
}

/** Why a credential's status is unknown, and what to do about it. */
export function unknownWords(because: UnknownReason): { what: string; fix: string } {
  if (because.code === 'console_failed') return problemWords(because.problem);
  return {
    what: 'The Developer Console shows no integration with this technical account',
    fix: "Look at it in Adobe's Credentials tab; it may belong to another organisation.",
  };
}
