import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createMetrics, type MetricsOptions } from '../../src/http/metrics.ts';

describe('metrics', () => {
  const options: MetricsOptions = {
    subcommands: ['list', 'help'],
    actions: ['confirm'],
    denialReasons: ['not_allowed'],
    jobs: ['sync', 'report'],
    credentials: async () => ({ eligible: 2, migrated: 1 }),
    lastSync: async () => new Date(1_750_000_000_500),
    lastReminder: async () => new Date(900_000),
    queue: async () => ({ length: 3, since: new Date(940_000), unnotified: 1 }),
    leaseAgeMs: async () => 1_500,
    clock: { now: () => new Date(1_000_000), monotonicMs: () => 0 },
    version: '1.2.3',
  };
  const well = { ready: true, checks: {} };

  test('start at 0, count, and count unknown names as other', async () => {
    const metrics = createMetrics(options);
    metrics.command('list');
    metrics.command('<!channel> my secret');
    metrics.action('confirm');
    metrics.migration('migrated');
    metrics.denial('not_allowed');
    metrics.adobeCall({ operation: 'accounts', outcome: 'ok', seconds: 0.2 });
    metrics.adobeCall({ operation: 'accounts', outcome: 'throttled', seconds: 3 });
    const text = await metrics.text(well);
    const lines = text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'qs_creds_commands_total{subcommand="list"} 1',
        'qs_creds_commands_total{subcommand="help"} 0',
        'qs_creds_commands_total{subcommand="other"} 1',
        'qs_creds_actions_total{action="confirm"} 1',
        'qs_creds_migrations_total{outcome="migrated"} 1',
        'qs_creds_migrations_total{outcome="needs_attention"} 0',
        'qs_creds_refusals_total{reason="not_allowed"} 1',
        'qs_creds_adobe_calls_total{operation="accounts",outcome="ok"} 1',
        'qs_creds_adobe_calls_total{operation="accounts",outcome="throttled"} 1',
        'qs_creds_adobe_call_seconds_bucket{le="0.25",operation="accounts"} 1',
        'qs_creds_credentials{status="eligible"} 2',
        'qs_creds_credentials{status="unknown"} 0',
        'qs_creds_last_sync_timestamp_seconds 1750000000.5',
      ]),
    );
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain('secret');
  });

  const unreadable: [string, Partial<MetricsOptions>][] = [
    [
      'reject',
      {
        queue: () => Promise.reject(new Error('x')),
        leaseAgeMs: () => Promise.reject(new Error('x')),
        credentials: () => Promise.reject(new Error('x')),
        lastSync: () => Promise.reject(new Error('x')),
        lastReminder: () => Promise.reject(new Error('x')),
      },
    ],
    [
      'hang',
      {
        credentials: () => new Promise(() => {}),
        lastSync: () => new Promise(() => {}),
        lastReminder: () => new Promise(() => {}),
      },
    ],
    [
      'have no value yet',
      { credentials: () => Promise.reject(new Error('x')), lastSync: async () => null, lastReminder: async () => null },
    ],
  ];
  test.each(unreadable)('omit the gauges whose sources %s', async (_, broken) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const made = createMetrics({ ...options, ...broken }).text(well);
    await vi.advanceTimersByTimeAsync(2_000);
    const text = await made;
    expect(text).toContain('qs_creds_commands_total{subcommand="list"} 0');
    expect(text).not.toMatch(/^qs_creds_(credentials|last_(sync|reminder)_timestamp_seconds)[ {]/m);
  });

  test('show the queue, ends without a message, failures, the version, and the result of /readyz', async () => {
    const metrics = createMetrics(options);
    metrics.slackCall('chat.postMessage', 'failed');
    metrics.jobFailure('report');
    metrics.rejection('signature');
    const checks = { slack: { ok: false }, adobe: { ok: true, detail: 'check ADOBE_ORG_ID' }, database: { ok: true } };
    const text = await metrics.text({ ready: false, checks });
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'qs_creds_queue_length 3',
        'qs_creds_queue_oldest_seconds 60',
        'qs_creds_unnotified_ends 1',
        'qs_creds_lease_age_seconds 1.5',
        'qs_creds_last_reminder_timestamp_seconds 900',
        'qs_creds_slack_calls_total{method="chat.postMessage",outcome="failed"} 1',
        'qs_creds_job_failures_total{job="report"} 1',
        'qs_creds_job_failures_total{job="sync"} 0',
        'qs_creds_rejected_requests_total{reason="signature"} 1',
        'qs_creds_info{version="1.2.3"} 1',
        'qs_creds_problem{check="slack"} 1',
        'qs_creds_problem{check="adobe"} 1',
        'qs_creds_problem{check="database"} 0',
      ]),
    );
  });

  test('are separate for two bots in one process', async () => {
    const one = createMetrics(options);
    const two = createMetrics(options);
    one.command('help');
    expect(await two.text(well)).toContain('qs_creds_commands_total{subcommand="help"} 0');
  });
});
