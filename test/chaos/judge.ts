import type { MigrationRow } from './databases.ts';
import type { Ended } from './fleet.ts';
import type { ConfirmationEvidence } from './person.ts';

/** How a migration ended, as its message says. */
export type End = 'migrated' | 'not migrated' | 'needs attention';

/** All that was seen of one trial from outside. Times in milliseconds since 1970. */
export interface Evidence {
  readonly rows: readonly MigrationRow[];
  readonly told: readonly ConfirmationEvidence[];
  /** What was sent to Adobe and seen in Slack of each credential. */
  readonly credentials: readonly {
    readonly name: string;
    /** Requests to start it, whatever became of them. */
    readonly starts: number;
    /** Whether Adobe took one. */
    readonly isStarted: boolean;
    readonly ends: readonly End[];
    /** Messages that show its progress. */
    readonly messages: number;
  }[];
  /** When digests were posted; null: no reminder window was open. */
  readonly digests: readonly number[] | null;
  readonly ended: readonly Ended[];
  /** When a start was sent, or progress was posted or edited: the line moves. */
  readonly activity: readonly number[];
}

export interface Verdict {
  readonly migrations: number;
  readonly doubled: readonly string[];
  readonly silent: readonly string[];
  readonly lost: readonly string[];
  /** SIGTERMs after which it did not end with 0 in 10 s. */
  readonly late: number;
  /** From a kill to the next sign, milliseconds. */
  readonly recoveries: readonly number[];
  /** Told a second time because the process died between Slack's taking a message and its own note of it. */
  readonly duplicates: { readonly digests: number; readonly messages: number };
}

/** A process that dies so soon after Slack took its message may not have noted it. Milliseconds. */
const NOTED_WITHIN = 1_000;
/** What a killed process had on its way still arrives. Milliseconds. */
const ON_ITS_WAY = 50;

const CONFIRMED = ['confirmed', 'submitted', 'running', 'migrated', 'failed', 'needs_attention'];

export function judge(evidence: Evidence): Verdict {
  const { rows, told, credentials, digests, ended, activity } = evidence;
  const confirmed = rows.filter(({ decided_at, state }) => decided_at !== null && CONFIRMED.includes(state));
  const named = (name: string) => confirmed.filter(({ shown }) => JSON.parse(shown).name === name);
  const kills = ended.filter(({ signal }) => signal === 'SIGKILL');
  // Slack knows no repetition: a digest it took right before a death is posted once more.
  const explained = (digests ?? []).filter((at) => ended.some((end) => end.over >= at && end.at - at <= NOTED_WITHIN));
  const digestsTooMany = Math.max(0, (digests?.length ?? 1) - 1);
  return {
    migrations: confirmed.length,
    doubled: [
      ...credentials
        .filter(({ name, starts }) => starts > Math.min(1, named(name).length))
        .map(({ name, starts }) => `${name}: ${starts} starts for ${named(name).length} confirmed`),
      ...(digestsTooMany > explained.length ? [`the reminder window: ${digests?.length} digests`] : []),
    ],
    silent: [
      ...credentials
        .filter(({ name }) => named(name).length > 0 || told.some((each) => each.name === name && each.isAccepted))
        .filter(({ ends, isStarted }) => !ends.some((end) => isConsistent(end, isStarted)))
        .map(({ name, ends }) => `${name}: ${ends.join(', ') || 'no end'}`),
      ...told
        .filter(({ name, isVisible }) => !isVisible && named(name).length === 0)
        .map(({ name }) => `${name}: no yes got through`),
      ...(digests?.length === 0 ? ['the reminder window: no digest'] : []),
    ],
    lost: told.filter(({ name, isAccepted }) => isAccepted && named(name).length === 0).map(({ name }) => name),
    late: ended.filter(({ isOrderly }) => !isOrderly).length,
    recoveries: kills.flatMap((kill) => recovery(kill, confirmed, evidence)),
    duplicates: {
      digests: digestsTooMany,
      messages: credentials.reduce((sum, { messages }) => sum + Math.max(0, messages - 1), 0),
    },
  };

  function recovery({ at, over }: Ended, all: readonly MigrationRow[], { ended }: Evidence): number[] {
    const isOpen = all.some(
      ({ decided_at, notified_at }) =>
        Date.parse(decided_at ?? '') <= at && (notified_at === null || Date.parse(notified_at) > over),
    );
    const sign = activity.toSorted((a, b) => a - b).find((each) => each > over + ON_ITS_WAY);
    // Counted from the last death before the sign.
    const isLast = sign !== undefined && !ended.some((other) => other.at > at && other.at < sign);
    return isOpen && isLast ? [sign - at] : [];
  }
}

/** Whether an end fits what Adobe did. That a person must look is never wrong. */
function isConsistent(end: End, isStarted: boolean): boolean {
  return end === 'needs attention' || (end === 'migrated') === isStarted;
}
