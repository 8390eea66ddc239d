import { expect, test } from 'vitest';
import { DatabaseError } from '../../src/db/database-error.ts';
import { JobLog } from '../../src/jobs/job-log.ts';
import { recording } from '../lib/recording.ts';

function start() {
  const { logger, lines } = recording([], 'info');
  const said = () => lines.splice(0).map((line) => [JSON.parse(line).job, JSON.parse(line).msg]);
  return { log: new JobLog(logger), said };
}

const DOWN = new DatabaseError('PostgreSQL cannot be reached', 'PostgreSQL cannot be reached (ECONNREFUSED).');
const STARTING = new DatabaseError('PostgreSQL cannot be reached', 'PostgreSQL cannot be reached (57P03).');
const FULL = new DatabaseError('the disk of PostgreSQL is full', 'The disk of PostgreSQL is full.');
const FAILED = 'a job failed; it will be retried';
const AGAIN = 'a job works again';

test('a failing database is logged in one line for all jobs, until the lease can be written again', () => {
  const { log, said } = start();
  for (const [job, error] of [
    ['lease', DOWN],
    ['report', DOWN],
    ['lease', STARTING],
    ['reminders', DOWN],
  ] as const) {
    log.failed(job, error);
  }
  log.worked('reminders');
  expect(said()).toEqual([['lease', FAILED]]);
  expect(log.databaseProblem()).toBe('PostgreSQL cannot be reached (ECONNREFUSED).');
  log.worked('lease');
  log.worked('report');
  expect(said()).toEqual([['lease', AGAIN]]);
  expect(log.databaseProblem()).toBe(null);
});

test('another cause is logged in another line', () => {
  const { log, said } = start();
  log.failed('lease', DOWN);
  log.failed('lease', FULL);
  log.failed('lease', FULL);
  expect(said()).toEqual([
    ['lease', FAILED],
    ['lease', FAILED],
  ]);
  expect(log.databaseProblem()).toBe(FULL.message);
});

test('alternating causes are logged in one line each, not at each tick', () => {
  const { log, said } = start();
  for (let i = 0; i < 3; i++) {
    log.failed('lease', DOWN);
    log.failed('report', FULL);
    log.failed('advance', new Error(i % 2 === 0 ? 'no response' : '503'));
  }
  expect(said()).toEqual([
    ['lease', FAILED],
    ['report', FAILED],
    ['advance', FAILED],
    ['advance', FAILED],
  ]);
  log.worked('lease');
  log.worked('advance');
  expect(said()).toEqual([
    ['lease', AGAIN],
    ['advance', AGAIN],
  ]);
});

test('jobs that fail for other reasons are logged separately', () => {
  const { log, said } = start();
  for (let i = 0; i < 3; i++) {
    log.failed('advance', new Error('Adobe does not respond'));
    log.failed('report', new Error('Slack does not respond'));
    log.worked('lease');
  }
  log.worked('report');
  log.failed('advance', new Error('Adobe does not respond'));
  expect(said()).toEqual([
    ['advance', FAILED],
    ['report', FAILED],
    ['report', AGAIN],
  ]);
  expect(log.databaseProblem()).toBe(null);
});

test('an infrequent job that met a brief database failure does not report it as lasting until its next run', () => {
  const { log, said } = start();
  log.failed('sync', DOWN);
  log.worked('lease');
  expect(log.databaseProblem()).toBe(null);
  log.worked('sync');
  expect(said()).toEqual([
    ['sync', FAILED],
    ['sync', AGAIN],
  ]);
});
