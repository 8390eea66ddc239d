import type { Step } from '../../src/migrations/steps.ts';
import type { End } from './acts.ts';
import type { MigrationRow, Trail } from './databases.ts';
import type { Ended, Interruption } from './fleet.ts';

/** Everything observed of one trial from outside. Times in milliseconds since 1970. */
export interface Evidence {
  readonly rows: readonly MigrationRow[];
  readonly trail: Trail;
  /** What a person confirmed or tried to, what reached Adobe of it, and what Slack shows. */
  readonly acts: readonly {
    readonly name: string;
    readonly step: Step;
    /** The question shows that it was confirmed. */
    readonly isAccepted: boolean;
    /** The question shows that, or a progress message exists. */
    readonly isVisible: boolean;
    /** Requests that one confirmation may send: none by hand-off. */
    readonly sends: 0 | 1;
    /** When such requests reached Adobe, whatever their outcome. */
    readonly starts: readonly number[];
    /** Whether Adobe accepted one, or a person pressed Migrate there. */
    readonly isStarted: boolean;
    readonly ends: readonly End[];
    /** Progress messages. */
    readonly messages: number;
  }[];
  /** When digests were posted; null: no reminder window was due. */
  readonly digests: readonly number[] | null;
  readonly ended: readonly Ended[];
  readonly interruptions: readonly Interruption[];
  /** When a start was sent, or progress was posted or edited: the queue moves. */
  readonly activity: readonly number[];
  /** Whether Slack fails for a while, so that the queue may move unseen. */
  readonly isSlackFailing: boolean;
}

export interface Verdict {
  readonly migrations: number;
  readonly doubled: readonly string[];
  readonly silent: readonly string[];
  readonly lost: readonly string[];
  /** Starts that were sent although their intent was old: by a process that had been paused. */
  readonly overdue: readonly string[];
  /** What is missing, repeated or wrong in the audit trail. */
  readonly unattributed: readonly string[];
  /** SIGTERMs after which an instance did not exit with 0 within 10 s. */
  readonly late: number;
  /** From a kill to the next activity. Milliseconds. */
  readonly recoveries: readonly number[];
  /** Posted twice because the process died between Slack's accepting a message and recording it. */
  readonly duplicates: { readonly digests: number; readonly messages: number };
}

/** A process that dies this soon after Slack accepted its message may not have recorded it. Milliseconds. */
const RECORDED_WITHIN = 1_000;
/** The age at which an intent is no longer sent, plus a second in transit. Milliseconds. */
const INTENT_MS = 11_000;
/** Requests a killed process had sent still arrive within this time. Milliseconds. */
const IN_TRANSIT_MS = 50;

const CONFIRMED = ['confirmed', 'submitted', 'running', 'migrated', 'bound', 'undone', 'failed', 'needs_attention'];
/** Identifies a migration, or a step of one in the Developer Console. */
type Named = Pick<Evidence['acts'][number], 'name' | 'step'>;

export function judge(evidence: Evidence): Verdict {
  const { rows, acts, digests, ended, interruptions, activity } = evidence;
  const confirmed = rows.filter(({ decided_at, state }) => decided_at !== null && CONFIRMED.includes(state));
  const rowsOf = ({ name, step }: Named) =>
    confirmed.filter((row) => row.step === step && JSON.parse(row.shown).name === name);
  const kills = ended.filter(({ signal }) => signal === 'SIGKILL');
  // Slack does not deduplicate: a digest it accepted right before a crash or a pause is posted again.
  const explained = (digests ?? []).filter((at) =>
    [...ended, ...interruptions].some((each) => each.endedAt >= at && each.at - at <= RECORDED_WITHIN),
  );
  const digestsTooMany = Math.max(0, (digests?.length ?? 1) - 1);
  return {
    migrations: confirmed.length,
    doubled: [
      ...acts
        .filter((act) => act.starts.length > act.sends * Math.min(1, rowsOf(act).length))
        .map((act) => `${inWords(act)}: ${act.starts.length} requests for ${rowsOf(act).length} confirmed`),
      ...(digestsTooMany > explained.length ? [`reminder window: ${digests?.length} digests`] : []),
    ],
    silent: [
      ...acts
        .filter((act) => rowsOf(act).length > 0 || act.isAccepted)
        .filter(({ ends, isStarted }) => !ends.some((end) => isConsistent(end, isStarted)))
        .map((act) => `${inWords(act)}: ${act.ends.join(', ') || 'no end'}`),
      ...acts
        .filter((act) => !act.isVisible && rowsOf(act).length === 0)
        .map((act) => `${inWords(act)}: no confirmation was recorded`),
      ...(digests?.length === 0 ? ['reminder window: no digest'] : []),
    ],
    lost: acts.filter((act) => act.isAccepted && rowsOf(act).length === 0).map(inWords),
    overdue: acts.flatMap((act) =>
      rowsOf(act).flatMap(({ started_at }) =>
        act.starts
          .map((at) => at - Date.parse(started_at ?? ''))
          .filter((age) => age > INTENT_MS)
          .map((age) => `${inWords(act)}: sent ${(age / 1000).toFixed(1)} s after its intent`),
      ),
    ),
    unattributed: unattributed(confirmed, evidence.trail),
    late: ended.filter(({ isOrderly }) => !isOrderly).length,
    recoveries: evidence.isSlackFailing ? [] : kills.flatMap((kill) => recovery(kill, confirmed, evidence)),
    duplicates: {
      digests: digestsTooMany,
      messages: acts.reduce((sum, { messages }) => sum + Math.max(0, messages - 1), 0),
    },
  };

  function recovery({ at, endedAt }: Ended, all: readonly MigrationRow[], { ended }: Evidence): number[] {
    const isUnfinished = all.some(
      ({ decided_at, notified_at }) =>
        Date.parse(decided_at ?? '') <= at && (notified_at === null || Date.parse(notified_at) > endedAt),
    );
    const sign = activity.toSorted((a, b) => a - b).find((each) => each > endedAt + IN_TRANSIT_MS);
    // Only from the last crash before that activity, and only if nothing else was suspended.
    const isLast =
      sign !== undefined &&
      !ended.some((other) => other.at > at && other.at < sign) &&
      !interruptions.some((other) => other.endedAt > at && other.at < sign);
    return isUnfinished && isLast ? [sign - at] : [];
  }
}

/** A confirmation is recorded once and by a person; nobody acts outside qs-creds here. */
function unattributed(confirmed: readonly MigrationRow[], { entries, findings }: Trail): string[] {
  const byMigration = Map.groupBy(entries, ({ migration_id }) => migration_id);
  return [
    ...findings,
    ...confirmed.flatMap(({ id, shown, step, state }) => {
      const own = byMigration.get(id) ?? [];
      const of = (wanted: string) => own.filter(({ action }) => action === wanted);
      const isWhole = of('asked').length === 1 && of('confirmed').length === 1 && of(state).length > 0;
      const isByPerson = [...of('asked'), ...of('confirmed')].every(({ actor }) => actor.startsWith('U'));
      const actions = own.map(({ action, actor }) => `${action} by ${actor}`).join(', ');
      return isWhole && isByPerson ? [] : [`${inWords({ name: JSON.parse(shown).name, step })}: ${actions}`];
    }),
    ...entries.filter(({ action }) => action.endsWith('_outside')).map(({ action }) => `${action} was recorded`),
  ];
}

/** Whether an end agrees with what Adobe did. `needs attention` always does. */
function isConsistent(end: End, isStarted: boolean): boolean {
  return end === 'needs attention' || (end === 'done') === isStarted;
}

function inWords({ name, step }: Named): string {
  return step === 'start' ? name : `${name}, ${step}`;
}
