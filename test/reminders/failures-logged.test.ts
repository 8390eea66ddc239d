import { expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { recording } from '../lib/recording.ts';
import type { FakeSlack } from '../support/fake-slack.ts';
import { newInstance, newWorld, of, put, run, startWith } from './setup.ts';

const LOOKUP_FAILED = 'an owner could not be looked up in Slack; it will be retried';
const SENDING_FAILED = 'a reminder could not be sent; it will be retried';

/** The lines logged in a round for two owners in which a call to Slack fails with these errors. */
async function loggedWhile(call: Parameters<FakeSlack['fail']>[0], errors: readonly Error[]) {
  const { logger, lines } = recording([], 'info');
  const started = await startWith([of('a@example.com', 1), of('b@example.com', 2)], {
    channel: null,
    ports: { logger },
  });
  for (const error of errors) started.slack.fail(call, error);
  await run(started, started.world, 20);
  expect(started.slack.to('owner').sort()).toEqual(['UA', 'UB']);
  return told(lines);
}

function told(lines: readonly string[]): string[] {
  const logged = lines.map((line) => JSON.parse(line)).filter(({ msg }) => /owner|reminder/.test(msg));
  return logged.map(({ msg, failures }) => (failures === undefined ? msg : `${msg}: ${failures}`));
}

const DOWN = new Error('Slack is down');
/** Every second failure is for the same owner. */
const DOWN_FOR_BOTH = [DOWN, DOWN, DOWN, DOWN, DOWN, DOWN];

test('repeated failures of an owner’s lookup are logged in one line, and its success in another', async () => {
  const again = 'an owner was looked up after failures: 3';
  expect(await loggedWhile('recipient', DOWN_FOR_BOTH)).toEqual([LOOKUP_FAILED, LOOKUP_FAILED, again, again]);
});

test('repeated failures to send a reminder are logged in one line for each person, and its success in another', async () => {
  const again = 'a reminder was sent after failures: 3';
  expect(await loggedWhile('remindOwner', DOWN_FOR_BOTH)).toEqual([SENDING_FAILED, SENDING_FAILED, again, again]);
});

test('pauses of any length are logged as one cause, and a different cause is logged in a separate line', async () => {
  const errors = [new RateLimitedError(1_000), new RateLimitedError(2_000), DOWN];
  expect(await loggedWhile('recipient', errors)).toEqual([
    LOOKUP_FAILED,
    LOOKUP_FAILED,
    'an owner was looked up after failures: 3',
  ]);
});

test('repeated failures to record a sent reminder are logged in one line, and its success in another', async () => {
  const { logger, lines } = recording([], 'info');
  const world = await newWorld();
  await put(world, of('a@example.com', 1));
  let failures = 3;
  class BusyStore extends SqlReminderStore {
    override async close(...args: Parameters<SqlReminderStore['close']>): Promise<void> {
      if (failures-- > 0) throw new Error('database is locked');
      await super.close(...args);
    }
  }
  const ports = { logger, reminders: new BusyStore(world.db) };
  await run(newInstance(world, { channel: null, ports }), world, 5);
  expect(world.slack.to('owner')).toEqual(['UA']);
  expect(told(lines)).toEqual([
    'a reminder was sent but could not be recorded; recording will be retried',
    'a reminder was recorded after failures: 3',
  ]);
});
