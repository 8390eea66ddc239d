import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AdobeErrorKind } from '../credentials/adobe-error.ts';
import { type Counts, NO_CREDENTIALS } from '../credentials/credential.ts';
import type { Clock } from '../lib/clock.ts';
import { withTimeout } from '../lib/timeout.ts';
import type { Outcome } from '../migrations/migration.ts';
import type { Readiness } from './readiness.ts';

export interface MetricsOptions {
  /** Every value a label may have; others are counted as `other`, so that no user's text becomes a time series. */
  readonly subcommands: readonly string[];
  readonly actions: readonly string[];
  readonly denialReasons: readonly string[];
  readonly jobs: readonly string[];
  /** Number of credentials by status, read at each scrape. */
  readonly credentials: () => Promise<Partial<Counts>>;
  /** When Adobe was last read successfully; null before the first time. */
  readonly lastSync: () => Promise<Date | null>;
  /** When the latest round of reminders was completed; null before the first, and while one is being sent. */
  readonly lastReminder: () => Promise<Date | null>;
  /** Confirmed migrations that have not ended, since when the oldest waits, and ends that Slack has not taken yet. */
  readonly queue: () => Promise<{ length: number; since: Date | null; unnotified: number }>;
  /** How long ago an instance last renewed the lease of the queue. Milliseconds. */
  readonly leaseAgeMs: () => Promise<number>;
  readonly clock: Clock;
  /** The app's version. */
  readonly version: string;
}

interface Metrics {
  readonly contentType: string;
  /** All series in Prometheus' text format. A gauge that cannot be read is omitted; the scrape does not fail. */
  text(readiness: Readiness): Promise<string>;
  command(subcommand: string): void;
  action(action: string): void;
  migration(outcome: Outcome): void;
  denial(reason: string): void;
  /** A request that is not accepted as Slack's. */
  rejection(reason: string): void;
  /** One call of Slack's Web API: accepted, rejected for good, or failed for the moment. */
  slackCall(method: string, outcome: 'ok' | 'rejected' | 'failed'): void;
  jobFailure(job: string): void;
  /** One call to Adobe, `seconds` from request to response; `operation` is one of the few names the adapters use. */
  adobeCall(call: { operation: string; outcome: 'ok' | AdobeErrorKind; seconds: number }): void;
}

/** A record rather than a list, so that a new outcome does not compile until it is added here. */
const OUTCOMES: Readonly<Record<Outcome, true>> = {
  migrated: true,
  bound: true,
  undone: true,
  failed: true,
  needs_attention: true,
  resolved: true,
  cancelled: true,
  expired: true,
  void: true,
  dry_run: true,
};

const REJECTIONS = ['unsigned', 'timestamp', 'signature'];
/** Time limit for each value that is read at a scrape. Milliseconds. */
const COLLECT_MS = 2_000;

/** The metrics of the bot and its process, in a separate registry. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  /** A counter with one label. Known values start at 0, so that the first event is already an increase. */
  function countBy(name: string, help: string, label: string, values: readonly string[]): (value: string) => void {
    const counter = new Counter({ name, help, labelNames: [label], registers });
    for (const value of values) counter.inc({ [label]: value }, 0);
    return (value) => counter.inc({ [label]: values.includes(value) ? value : 'other' });
  }

  const adobeCalls = new Counter({
    name: 'qs_creds_adobe_calls_total',
    help: 'Calls to Adobe, by operation and outcome',
    labelNames: ['operation', 'outcome'],
    registers,
  });
  const adobeSeconds = new Histogram({
    name: 'qs_creds_adobe_call_seconds',
    help: 'Time from request to response of calls to Adobe',
    labelNames: ['operation'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });

  new Gauge({
    name: 'qs_creds_credentials',
    help: 'Non-expiring credentials, by status',
    labelNames: ['status'],
    registers,
    async collect() {
      this.reset();
      const counts = await withTimeout(options.credentials, COLLECT_MS).catch(() => undefined);
      if (counts === undefined) return;
      for (const [status, count] of Object.entries({ ...NO_CREDENTIALS, ...counts })) this.set({ status }, count);
    },
  });
  /** A time that is read at each scrape; omitted if there is none. */
  const timestamp = (name: string, help: string, read: () => Promise<Date | null>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const at = await withTimeout(read, COLLECT_MS).catch(() => null);
        if (at === null) this.remove();
        else this.set(at.getTime() / 1000);
      },
    });
  timestamp(
    'qs_creds_last_sync_timestamp_seconds',
    'Unix time at which Adobe was last read successfully',
    options.lastSync,
  );
  timestamp(
    'qs_creds_last_reminder_timestamp_seconds',
    'Unix time at which the latest round of reminders was served to its end',
    options.lastReminder,
  );

  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const queued = gauge('qs_creds_queue_length', 'Confirmed migrations that have not ended');
  const oldest = gauge('qs_creds_queue_oldest_seconds', 'Age of the oldest confirmation in the queue; 0: none');
  const unnotified = gauge('qs_creds_unnotified_ends', 'Migrations that have ended and whose end Slack has not taken');
  const lease = gauge('qs_creds_lease_age_seconds', 'Time since an instance last renewed the lease of the queue');
  const readQueue = async () => {
    for (const series of [queued, oldest, unnotified, lease]) series.remove();
    const [ageMs, queue] = await Promise.all([
      withTimeout(options.leaseAgeMs, COLLECT_MS).catch(() => null),
      withTimeout(options.queue, COLLECT_MS).catch(() => null),
    ]);
    if (ageMs !== null) lease.set(ageMs / 1000);
    if (queue === null) return;
    queued.set(queue.length);
    oldest.set(queue.since === null ? 0 : (options.clock.now().getTime() - queue.since.getTime()) / 1000);
    unnotified.set(queue.unnotified);
  };
  const problems = new Gauge({
    name: 'qs_creds_problem',
    help: '1: /readyz says something about this check',
    labelNames: ['check'],
    registers,
  });
  new Gauge({ name: 'qs_creds_info', help: 'The version', labelNames: ['version'], registers }).set(
    { version: options.version },
    1,
  );
  const slackCalls = new Counter({
    name: 'qs_creds_slack_calls_total',
    help: "Calls of Slack's Web API, by method and outcome",
    labelNames: ['method', 'outcome'],
    registers,
  });

  return {
    contentType: registry.contentType,
    async text({ checks }) {
      for (const [check, { ok, detail }] of Object.entries(checks))
        problems.set({ check }, ok && detail === undefined ? 0 : 1);
      await readQueue();
      return registry.metrics();
    },
    slackCall: (method, outcome) => slackCalls.inc({ method, outcome }),
    jobFailure: countBy('qs_creds_job_failures_total', 'Runs of background jobs that failed', 'job', options.jobs),
    command: countBy('qs_creds_commands_total', 'Slash commands', 'subcommand', options.subcommands),
    action: countBy('qs_creds_actions_total', 'Buttons, menus and modals used', 'action', options.actions),
    migration: countBy('qs_creds_migrations_total', 'Migrations that ended', 'outcome', Object.keys(OUTCOMES)),
    denial: countBy('qs_creds_refusals_total', 'Requests of people that were denied', 'reason', options.denialReasons),
    rejection: countBy('qs_creds_rejected_requests_total', 'Requests not signed by Slack', 'reason', REJECTIONS),
    adobeCall({ operation, outcome, seconds }) {
      adobeCalls.inc({ operation, outcome });
      adobeSeconds.observe({ operation }, seconds);
    },
  };
}
