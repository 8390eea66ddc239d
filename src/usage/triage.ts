import type { AdobeProblem } from '../credentials/adobe-error.ts';
import { nextRunOfStored } from './cron-times.ts';
import type { LastQuery, SandboxUsage } from './usage.ts';

/** What a credential is used for, as far as it is known. `asOf`: the oldest reading that this is based on. */
export type Triage =
  | {
      readonly kind: 'failing';
      readonly since: Date;
      readonly mayBeEarlier: boolean;
      /** Adobe's own words: text from outside. */
      readonly error: string | null;
      readonly nextRunAt: Date | null;
      readonly asOf: Date;
    }
  | {
      readonly kind: 'in_use';
      readonly lastQuery: LastQuery | null;
      readonly nextRunAt: Date | null;
      readonly asOf: Date;
    }
  /** No sign of use in 30 days, and everything that would show one was read. */
  | { readonly kind: 'idle'; readonly asOf: Date }
  /** `problem`: null if it has not been read yet, or not for a long time. */
  | { readonly kind: 'unread'; readonly problem: AdobeProblem | null };

/** How long a reading without any sign of use remains valid. Milliseconds. */
const SILENCE_VALID_MS = 48 * 60 * 60 * 1000;

/** Readings since then are still valid evidence that a credential is not used. */
export function silenceValidSince(now: Date): Date {
  return new Date(now.getTime() - SILENCE_VALID_MS);
}

/** A credential with what is known of its use, by sandbox. */
export interface UsedCredential {
  readonly sandboxes: readonly string[];
  readonly usage: readonly SandboxUsage[];
}

/** A sign of use stays valid while later readings fail; idle takes a recent reading of every sandbox. */
export function triageOf(credential: UsedCredential, now: Date): Triage {
  const { read, unread } = byReading(credential);
  const asOf = earliest(read.map(({ readAt }) => readAt));
  const [first, ...others] = read.flatMap(({ failing }) => failing ?? []);
  const nextRunAt = earliestRunOf(read, now);
  if (first !== undefined && asOf !== null) {
    const oldest = others.reduce((a, b) => (b.since < a.since ? b : a), first);
    return { kind: 'failing', ...oldest, nextRunAt, asOf };
  }
  const lastQuery = lastQueryOf(read);
  if ((lastQuery !== null || nextRunAt !== null) && asOf !== null)
    return { kind: 'in_use', lastQuery, nextRunAt, asOf };
  const problem = [...unread, ...read].find((usage) => usage.problem !== null)?.problem ?? null;
  const isSure = unread.length === 0 && asOf !== null && asOf >= silenceValidSince(now);
  return problem === null && isSure ? { kind: 'idle', asOf } : { kind: 'unread', problem };
}

/** Since when it fails, and when it runs next: both determine the order of lists. */
export function urgencyOf(triage: Triage): { failingSince: Date | null; nextRunAt: Date | null } {
  return {
    failingSince: triage.kind === 'failing' ? triage.since : null,
    nextRunAt: 'nextRunAt' in triage ? triage.nextRunAt : null,
  };
}

function byReading({ sandboxes, usage }: UsedCredential) {
  const read: (SandboxUsage & { readAt: Date })[] = [];
  const unread: Pick<SandboxUsage, 'problem'>[] = [];
  for (const sandbox of sandboxes) {
    const known = usage.find((entry) => entry.sandbox === sandbox);
    if (known === undefined || known.readAt === null) unread.push(known ?? { problem: null });
    else read.push({ ...known, readAt: known.readAt });
  }
  return { read, unread };
}

function earliestRunOf(read: readonly SandboxUsage[], now: Date): Date | null {
  const schedules = read.flatMap((usage) => usage.schedules).filter(({ isEnabled }) => isEnabled);
  return earliest(schedules.map((schedule) => nextRunOfStored(schedule, now)));
}

export function earliest(dates: readonly (Date | null)[]): Date | null {
  return dates.reduce<Date | null>((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
}

export function lastQueryOf(read: readonly Pick<SandboxUsage, 'lastQuery'>[]): LastQuery | null {
  let last: LastQuery | null = null;
  for (const { lastQuery } of read) {
    if (lastQuery !== null && (last === null || lastQuery.at > last.at)) last = lastQuery;
  }
  return last;
}
