import type { Query, Run, SandboxUsage, Schedule } from '../../src/usage/usage.ts';
import { accountId, minute } from '../support/samples.ts';

/** A schedule of credential 1 that runs every hour. */
export function schedule(changes: Partial<Schedule> = {}): Schedule {
  return {
    id: 's1',
    technicalAccountId: accountId(1),
    name: 'Hourly',
    cron: '0 * * * *',
    isEnabled: true,
    startsAt: null,
    endsAt: null,
    ...changes,
  };
}

/** A query of credential 1 and its schedule. */
export function query(at: number, outcome: Query['outcome'] = 'succeeded', changes: Partial<Query> = {}): Query {
  return {
    id: `q${at}`,
    technicalAccountId: accountId(1),
    name: 'Hourly',
    createdAt: minute(at),
    outcome,
    error: outcome === 'failed' ? `no access at ${at}` : null,
    ...changes,
  };
}

export function run(at: number, outcome: Run['outcome'], error: string | null = null): Run {
  return { id: `r${at}`, createdAt: minute(at), outcome, error };
}

/** What was read of sandbox dev at minute 0: nothing runs there. */
export function used(changes: Partial<SandboxUsage> = {}): SandboxUsage {
  return {
    sandbox: 'dev',
    readAt: minute(0),
    askedAt: null,
    problem: null,
    schedules: [],
    queries: { count: 0, isAtLeast: false },
    lastQuery: null,
    failing: null,
    ...changes,
  };
}
