import { createHash } from 'node:crypto';
import type { ListedCredential } from '../credentials/credential.ts';
import { type AssignTarget, isTargeted, type Takeovers } from './assignment.ts';

/** What a migrator sees before they choose who is notified. */
export interface Offer {
  readonly target: AssignTarget;
  readonly at: Date;
  /** Those that nobody has, or all of them if somebody has each. */
  readonly credentials: readonly ListedCredential[];
  /** Slack user ids of those who have them; empty: nobody. */
  readonly holders: readonly string[];
  /** The owner, if Slack has identified them by now, who is notified although nobody has them; null: nobody. */
  readonly notified: string | null;
}

/** The same, as a form carries it. */
export interface OfferInForm {
  readonly target: AssignTarget;
  readonly at: Date;
  readonly areHeld: boolean;
  readonly notified: string | null;
  /** One of each credential, side by side; null: they were too many for a form. */
  readonly marks: string | null;
}

/** Who has some of them by now. */
export interface TakenByOther {
  readonly userId: string;
  readonly credentials: readonly ListedCredential[];
}

/** What becomes of the credentials that a form showed. */
export interface Choice {
  /** Those that the chosen person gets, or has already. */
  readonly assigned: readonly ListedCredential[];
  readonly taken: readonly TakenByOther[];
  /** Whether some of what was shown is with the chosen person. */
  readonly isSomeTheirs: boolean;
}

/** Characters: 36 bits, so that two of an organisation are hardly ever alike. */
const MARK_LENGTH = 6;

function markOf(technicalAccountId: string): string {
  return createHash('sha256').update(technicalAccountId).digest('base64url').slice(0, MARK_LENGTH);
}

/** `room`: characters for the marks. */
export function offerInForm({ target, at, credentials, holders, notified }: Offer, room: number): OfferInForm {
  const fits = credentials.length * MARK_LENGTH <= room;
  const marks = fits ? credentials.map(({ technicalAccountId }) => markOf(technicalAccountId)).join('') : null;
  return { target, at, areHeld: holders.length > 0, notified, marks };
}

/** The part of `all` that goes to this person: what was shown and has not changed hands. Nobody else loses anything. */
export function choose(
  all: readonly ListedCredential[],
  { target, at, areHeld, marks }: OfferInForm,
  before: Takeovers,
  userId: string,
): Choice {
  const shownMarks = marks === null ? null : new Set(marks.match(new RegExp(`.{${MARK_LENGTH}}`, 'g')));
  const wasShown = (credential: ListedCredential) => {
    if (shownMarks === null) return isTargeted(target, credential, before);
    if (!shownMarks.has(markOf(credential.technicalAccountId))) return false;
    // Once somebody else has it, only its mark shows what a person had.
    return 'takenBy' in target || isTargeted(target, credential, before);
  };
  const holderOf = ({ technicalAccountId }: ListedCredential) => before.get(technicalAccountId);
  const isTaken = (credential: ListedCredential) => {
    const holder = holderOf(credential);
    if (holder === undefined || holder.userId === userId) return false;
    if ('takenBy' in target) return holder.userId !== target.takenBy;
    // Without marks, only the time distinguishes what others had already from what was shown as nobody's.
    return (!areHeld && shownMarks !== null) || (holder.at !== null && holder.at > at);
  };
  const shown = all.filter(wasShown);
  const taken = Map.groupBy(shown.filter(isTaken), (credential) => holderOf(credential)?.userId ?? '');
  return {
    assigned: shown.filter((credential) => !isTaken(credential) && (areHeld || holderOf(credential) === undefined)),
    taken: [...taken].map(([holder, credentials]) => ({ userId: holder, credentials })),
    isSomeTheirs: shown.some((credential) => holderOf(credential)?.userId === userId),
  };
}
