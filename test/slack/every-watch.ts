import type { Message } from '../../src/slack/messages/blocks.ts';
import { noticeMessage } from '../../src/slack/messages/notices.ts';
import { credentialMessage } from '../../src/slack/messages/status.ts';
import * as watch from '../../src/slack/messages/watch.ts';
import {
  type Failure,
  failuresIn,
  givenUp,
  newWatch,
  type SandboxWatch,
  type WatchedMigration,
  type WatchedSchedule,
} from '../../src/watch/watch.ts';
import { confirmed, credential, NOW, type Outside, problems } from './samples.ts';

const HOUR_MS = 60 * 60_000;

/** A migration and the watch after it; `isOver`: the watch has ended. */
export function watched(
  outside: Outside,
  found: readonly SandboxWatch[],
  { isOver = true, failures = 0 } = {},
): WatchedMigration {
  const migration = confirmed(outside, { state: 'migrated', endedAt: NOW });
  const before = newWatch(migration.id, NOW, 24 * HOUR_MS);
  const current = failuresIn(found);
  const earlier = Array.from({ length: failures }, (_, i): Failure => ({ ...failure(outside), id: `earlier ${i}` }));
  return {
    migration,
    watch: { ...before, looks: 3, found, failures: [...current, ...earlier], ...(isOver && { nextLookAt: null }) },
  };
}

export function schedule({ text }: Outside, changes: Partial<WatchedSchedule> = {}): WatchedSchedule {
  const next = new Date(NOW.getTime() + HOUR_MS);
  const ran = {
    id: text,
    name: text,
    nextRunAt: next,
    isDue: true,
    failing: null,
    isOverdue: false,
    failedBefore: false,
  };
  return { ...ran, lastRun: { at: NOW, outcome: 'succeeded' }, ...changes };
}

export function sandbox(schedules: readonly WatchedSchedule[], changes: Partial<SandboxWatch> = {}): SandboxWatch {
  const queries = { count: 0, isAtLeast: false, failing: null, failedBefore: false };
  return { sandbox: 'prod', readAt: NOW, problem: null, isWhole: true, schedules, queries, ...changes };
}

function failure({ text }: Outside): Failure {
  return { id: text, name: text, since: NOW, error: text, failedBefore: true };
}

/** Everything that a watch may find, with this text wherever text from outside is shown. */
export function everyWatched(outside: Outside): WatchedMigration[] {
  const { text, user } = outside;
  const failing = { since: NOW, mayBeEarlier: false, error: text };
  const failed = schedule(outside, { lastRun: { at: NOW, outcome: 'failed' }, failing, failedBefore: true });
  const overdue = schedule(outside, { lastRun: null, isOverdue: true });
  const waiting = schedule(outside, { lastRun: null, isDue: false });
  const many = Array.from({ length: 30 }, () => [failed, overdue, waiting]).flat();
  const queries = { count: 12, isAtLeast: true, failing, failedBefore: true };
  const founds = [
    [],
    [sandbox([])],
    [sandbox([waiting])],
    [sandbox([{ ...waiting, nextRunAt: null }])],
    [sandbox([schedule(outside)]), sandbox([], { queries: { ...queries, failing: null } })],
    [sandbox([schedule(outside), waiting, overdue], { isWhole: false })],
    [sandbox(many, { queries })],
    ...problems(outside).map((problem) => [sandbox([schedule(outside)], { problem, readAt: null })]),
  ];
  const all = founds.flatMap((found) =>
    [true, false].map((isOver) => watched(outside, found, { isOver, failures: found.length > 1 ? 9 : 0 })),
  );
  const [first] = all.filter((each) => each.watch.failures.length > 0);
  if (first === undefined) throw new Error('nothing fails');
  const cutShort = all.map((each) => ({ ...each, watch: givenUp(each.watch) }));
  return [...all, ...cutShort, { ...first, watch: { ...first.watch, acknowledged: { by: user, at: NOW } } }];
}

/** Every message about watches, by its builder. */
export function everyWatch(outside: Outside): Record<string, readonly Message[]> {
  const all = everyWatched(outside);
  const [{ migration }] = all as [WatchedMigration];
  const acknowledged = { kind: 'acknowledged', migration, by: outside.user } as const;
  return {
    watchMessage: all.flatMap((each) => [
      noticeMessage({ kind: 'watch', ...each }),
      noticeMessage({ kind: 'watch', ...each }, { isOwner: false }),
      watch.watchMessage(each, { isOwner: false }),
    ]),
    acknowledgedNotice: [watch.acknowledgedNotice(acknowledged), noticeMessage(acknowledged)],
    acknowledgedMessage: [
      watch.acknowledgedMessage(acknowledged),
      watch.acknowledgedMessage({ kind: 'already', migration, by: outside.user }),
      watch.acknowledgedMessage({ kind: 'no_failure', migration }),
      watch.acknowledgedMessage({ kind: 'no_such_migration' }),
    ],
  };
}

/** The status of a credential that is or was watched. */
export function everyWatchedStatus(outside: Outside): Message[] {
  return everyWatched(outside).flatMap(({ migration, watch: each }) =>
    [true, false].map((mayMigrate) =>
      credentialMessage(
        credential(outside, { status: 'migrated' }),
        migration,
        { mayMigrate, endsHere: true },
        NOW,
        each,
      ),
    ),
  );
}
