import { expect, onTestFinished, test } from 'vitest';
import { startJobs } from '../../src/jobs/index.ts';
import { countingFailures } from '../../src/jobs/job-log.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
import { startWith } from '../migrations/setup.ts';
import { NO_HOMES, SILENT } from '../support/services.ts';

test('a failed job is counted by its name', async () => {
  const process = await startWith([]);
  const failures: string[] = [];
  const logger = countingFailures(SILENT, (job) => void failures.push(job));
  const parts = {
    homes: NO_HOMES,
    tasks: new TaskTracker(),
    timer: process.clock,
    schedule: () => ({ stop: async () => {} }),
    logger,
  };
  const settings = { sync: { cron: '' }, reminders: { cron: '', timeZone: 'UTC' }, migration: { pollMs: 1_000 } };
  const jobs = startJobs(process, parts, settings);
  onTestFinished(() => jobs.sync.stop());
  await jobs.sync.first;
  await process.db.destroy();
  await jobs.migrations.tick();
  expect(failures).toContain('lease');
});
