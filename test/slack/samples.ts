import type { HistoryEntry } from '../../src/audit/audit-entry.ts';
import type { AdobeProblem } from '../../src/credentials/adobe-error.ts';
import {
  CREDENTIAL_STATUSES,
  type ListedCredential,
  NO_CREDENTIALS,
  productionAmong,
} from '../../src/credentials/credential.ts';
import type { Overview, SyncState } from '../../src/credentials/ports.ts';
import type { Migration, Reason } from '../../src/migrations/migration.ts';
import { newRequest } from '../../src/migrations/new-request.ts';
import type { Digest } from '../../src/reminders/digest.ts';
import type { OwnerReminder } from '../../src/reminders/owner-reminder.ts';
import type { Deadline } from '../../src/reminders/windows.ts';
import { type Trend, trendOf } from '../../src/trend/trend.ts';
import type { SandboxUsage } from '../../src/usage/usage.ts';
import { AUDIT_ACTIONS, ERROR_KINDS } from '../support/enumerations.ts';

export const NOW = new Date('2025-06-01T12:00:00Z');

/** The deadline, this many days ahead. */
export function deadlineIn(days: number): Deadline {
  return { date: '2025-06-30', days };
}

/** A reminder to an owner who may not migrate, a week before the deadline. */
export function ownerReminder(credentials: readonly ListedCredential[]): OwnerReminder {
  const rights = { maySnooze: true, snoozedUntil: null, mayMigrate: false, migrators: [] };
  return { credentials, deadline: deadlineIn(7), next: '2025-06-27', ...rights };
}

/** Text from outside, for every field that holds any. */
export interface Outside {
  readonly text: string;
  readonly sandboxes: readonly string[];
  /** A Slack user's id; from a payload. */
  readonly user: string;
}

export const ORDINARY: Outside = { text: 'bi-nightly', sandboxes: ['prod', 'dev'], user: 'U0ADMIN001' };

/** The same hostile text in every field, in more sandboxes than anyone has. */
export function hostile(text: string): Outside {
  const long = Array.from({ length: 12 }, (_, i) => `${i}-production-${'x'.repeat(250)}`);
  return { text, sandboxes: [text.slice(0, 256), ...long], user: text };
}

/** One problem of every kind, with Adobe's own words. */
export function problems({ text }: Outside): AdobeProblem[] {
  const operation = `list the accounts of sandbox ${'x'.repeat(256)}`;
  return ERROR_KINDS.map((kind) => ({ kind, operation, status: 503, code: text, detail: text, requestId: text }));
}

export function credential(outside: Outside, changes: Partial<ListedCredential> = {}): ListedCredential {
  const { text } = outside;
  const { sandboxes } = { ...outside, ...changes };
  return {
    technicalAccountId: '0123456789ABCDEF01234567',
    name: text,
    description: text,
    owner: text,
    sandboxes,
    production: productionAmong(sandboxes, null),
    changedAt: NOW,
    adobeStatus: 'not_started',
    unknownBecause: null,
    consoleId: '1',
    certificateUntil: new Date(NOW.getTime() + 400 * 86_400_000),
    status: 'eligible',
    usage: [],
    hold: null,
    ...changes,
  };
}

/** What is known about a credential's use: failing, in use, idle, unread. */
export function usages({ text, sandboxes }: Outside): SandboxUsage[][] {
  const later = new Date(NOW.getTime() + 3_600_000);
  const schedule = { id: text, name: text, cron: '0 * * * *', isEnabled: true, nextRunAt: later };
  const lastQuery = { at: NOW, outcome: 'failed', error: text } as const;
  const idle = { readAt: NOW, askedAt: null, problem: null, schedules: [], queries: { count: 0, isAtLeast: false } };
  const of = (changes: Partial<SandboxUsage>) =>
    sandboxes.map((sandbox) => ({ ...idle, lastQuery: null, failing: null, sandbox, ...changes }));
  const schedules = Array.from({ length: 12 }, () => schedule);
  return [
    of({
      schedules,
      queries: { count: 100, isAtLeast: true },
      lastQuery,
      failing: { since: NOW, mayBeEarlier: true, error: text },
    }),
    of({ schedules, lastQuery }),
    of({ lastQuery }),
    of({ lastQuery, failing: { since: NOW, mayBeEarlier: false, error: null } }),
    of({}),
  ];
}

/** One credential of every status; `unknown` for every possible reason. */
export function credentials(outside: Outside): ListedCredential[] {
  return [
    ...CREDENTIAL_STATUSES.map((status) => credential(outside, { status })),
    credential(outside, { status: 'unknown', unknownBecause: { code: 'not_in_console' } }),
    ...problems(outside).map((problem) =>
      credential(outside, { status: 'unknown', unknownBecause: { code: 'console_failed', problem } }),
    ),
    credential(outside, { owner: null, changedAt: null, description: '', certificateUntil: null }),
    credential(outside, { certificateUntil: NOW }),
    ...usages(outside).map((usage) => credential(outside, { usage })),
    credential(outside, { hold: { by: outside.user, at: NOW, reason: outside.text, lastDay: '2025-06-30' } }),
  ];
}

export function migration({ text, sandboxes, user }: Outside, changes: Partial<Migration> = {}): Migration {
  const credential = {
    technicalAccountId: '0123456789ABCDEF01234567',
    consoleId: '1',
    name: text,
    owner: text,
    sandboxes,
    production: productionAmong(sandboxes, null),
  };
  const from = { askedBy: user, channel: 'C0GENERAL1', responseUrl: null };
  const methodStep = { method: 'query-service', step: 'start' } as const;
  return { ...newRequest('2f1c1a52-3b0c-4a58-9a3f-0d5a4e1b2c3d', credential, from, NOW, methodStep), ...changes };
}

/** The address of a message. */
export const LINK = 'https://example.slack.com/archives/C0DATA00001/p1234567890123456';

/** Where a migration's message is. */
export const POSTED = {
  message: { channel: 'C0DATA00001', ts: '1234567890.123456' },
  messageLink: { url: LINK, isPublic: true },
};

/** A migration that this person asked for and confirmed. */
export function confirmed(outside: Outside, changes: Partial<Migration> = {}): Migration {
  const { user } = outside;
  return migration(outside, { state: 'confirmed', decidedBy: user, decidedAt: NOW, ...changes });
}

/** Every reason for an end; together, the reasons with a problem have every kind of problem. */
function reasons(outside: Outside): (Reason | null)[] {
  return [
    null,
    ...problems(outside).flatMap((problem, i): Reason[] => [
      i % 2 === 0 ? { code: 'refused', problem } : { code: 'unsent', problem },
      i % 2 === 0 ? { code: 'unclear', lastStatus: null, problem } : { code: 'unchecked', problem },
    ]),
    { code: 'unclear', lastStatus: 'not_started', problem: null },
    { code: 'unclear', lastStatus: 'none', problem: null, isUnsent: true },
    { code: 'not_eligible' },
    { code: 'outdated' },
    { code: 'late' },
    { code: 'restored' },
    { code: 'resolved', by: outside.user },
    { code: 'declined', words: outside.text },
    { code: 'handed_back', by: outside.user },
    { code: 'withdrawn', by: outside.user },
    { code: 'put_back' },
    { code: 'elsewhere' },
    { code: 'changed' },
    ...(['in_use', 'production'] as const).map((kind) => ({ code: 'impact_changed', change: { kind } }) as const),
    ...(['schedule_added', 'schedule_removed'] as const).map(
      (kind) => ({ code: 'impact_changed', change: { kind, name: outside.text } }) as const,
    ),
    { code: 'answered_elsewhere' },
    { code: 'asked_again' },
    { code: 'not_posted' },
    { code: 'dry_run_set' },
    { code: 'held', by: outside.user, lastDay: '2025-06-30', words: outside.text },
  ];
}

/** A migration with every end, for every reason. */
export function ends(outside: Outside): Migration[] {
  const times = { startedAt: NOW, endedAt: new Date(NOW.getTime() + 35_000) };
  return (['migrated', 'bound', 'undone', 'failed', 'needs_attention', 'resolved'] as const).flatMap((state) =>
    reasons(outside).map((reason) => confirmed(outside, { state, reason, ...times })),
  );
}

/** Ten thousand credentials; the last successful sync was an hour ago. */
export function overview(problem: AdobeProblem | null, sync: Partial<SyncState> = {}): Overview {
  return {
    counts: {
      ...NO_CREDENTIALS,
      eligible: 5_000,
      migrating: 1,
      migrated: 4_000,
      not_eligible: 500,
      unknown: 400,
      needs_attention: 99,
    },
    sync: {
      triedAt: NOW,
      succeededAt: new Date(NOW.getTime() - 3_600_000),
      problem,
      unread: [],
      progress: null,
      ...sync,
    },
  };
}

/** One entry for every action and every step. */
export function history({ text, user }: Outside): HistoryEntry[] {
  const entries = AUDIT_ACTIONS.flatMap((action) =>
    [undefined, 'finish' as const, 'cancel' as const].map((step) => ({ action, step })),
  );
  return entries.map(({ action, step }) => ({
    at: NOW,
    actor: user,
    action,
    technicalAccountId: '0123456789ABCDEF01234567',
    migrationId: null,
    detail: {
      wanted: 'confirm_production',
      why: 'name_not_typed',
      answer: text,
      note: text,
      until: '2025-06-30',
      ...(step && { step }),
    },
    credentialName: text,
  }));
}

/** Counts over a year and over other periods, with every kind of forecast. */
export function trends(): Trend[] {
  const day = (ago: number) => new Date(NOW.getTime() - ago * 86_400_000).toISOString().slice(0, 10);
  const falling = (length: number, perDay: number, left: number) =>
    Array.from({ length }, (_, i) => {
      const ago = length - 1 - i;
      return { day: day(ago), left: Math.round(left + ago * perDay), migrated: 9_000, failing: i % 3 === 0 ? null : 3 };
    });
  const counts = [falling(365, 7, 120), falling(1, 0, 12), falling(2, 1, 12), falling(9, 0, 12), falling(9, 1, 0)];
  const uneven = [9, 5, 5, 5, 5, 5, 5].map((left, i) => ({ day: day(6 - i), left, migrated: 9 - left, failing: 0 }));
  return [...counts, uneven].map((each) => trendOf(each, '2025-06-30'));
}

/** A digest a week before the deadline, without owners. */
export function digest(changes: Partial<Digest> = {}): Digest {
  return {
    deadline: deadlineIn(7),
    overview: overview(null),
    groups: [],
    pause: null,
    next: '2025-06-16',
    auditHead: { count: 1_234, hash: 'c0ffee00'.repeat(8) },
    trend: null,
    failedAfter: { rows: [], total: 0 },
    now: NOW,
    ...changes,
  };
}
