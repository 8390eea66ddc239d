import { expect, test } from 'vitest';
import type { TestClock } from '../support/clock.ts';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, newProcess, oneConfirmed, story } from './setup.ts';

const BEGUN = [`asked by ${ASKER.userId}`, `confirmed by ${ASKER.userId}`];

/** Lets time pass while a start is on its way. */
type Passes = (clock: TestClock, renewLease: () => Promise<boolean>) => void | Promise<void>;

/** Lets time pass for a process that keeps running. */
async function inSeconds(seconds: number, clock: TestClock, renewLease: () => Promise<boolean>): Promise<void> {
  for (let passed = 0; passed < seconds; passed++) {
    clock.advance(1);
    await renewLease();
  }
}

test.each<[string, Passes, boolean]>([
  ['is not sent if the process is paused for 11 s', (clock) => clock.advance(11), true],
  ['is not sent if the machine is suspended for 11 s and its monotonic clock stops', (clock) => clock.set(11), true],
  [
    'is not sent if the process is paused while the wall clock is set back',
    (clock) => {
      clock.advance(3_600);
      clock.set(-3_600);
    },
    true,
  ],
  ['is not sent if the wall clock is set back an hour', (clock) => clock.set(-3_600), true],
  ['is not sent if the process is paused for longer than its lease lasts', (clock) => clock.advance(3), true],
  [
    'is not sent if the machine is suspended for longer than the lease lasts and its monotonic clock stops',
    (clock) => clock.set(3),
    true,
  ],
  ['is sent if the process is paused for 2 s', (clock) => clock.advance(2), false],
  ['is sent after a slow handshake of 9 s', (clock, renew) => inSeconds(9, clock, renew), false],
  ['is not sent after a slow handshake of 11 s', (clock, renew) => inSeconds(11, clock, renew), true],
])('a start whose intent was recorded %s', async (_, passes, isLate) => {
  const now = await oneConfirmed();
  let asked: boolean | undefined;
  now.adobe.onStart = async (_target, _signal, maySend) => {
    await passes(now.clock, () => now.runner.acquireLease());
    asked = !maySend();
    return asked ? { kind: 'late' } : { kind: 'accepted' };
  };
  await now.advance();
  expect(asked).toBe(isLate);
  expect(await now.state()).toMatchObject(
    isLate ? { state: 'failed', reason: { code: 'late' } } : { state: 'submitted' },
  );
  if (isLate) {
    expect(await story(now)).toEqual([
      ...BEGUN,
      'submitted by qs-creds',
      'start_answered by qs-creds late',
      'failed by qs-creds late',
    ]);
  }
});

test('a process whose lease expired sends nothing, even if it has acquired it again before sending', async () => {
  const now = await oneConfirmed();
  now.adobe.onStart = async (_target, _signal, maySend) => {
    now.clock.advance(3);
    expect(await now.runner.acquireLease()).toBe(true);
    return maySend() ? { kind: 'accepted' } : { kind: 'late' };
  };
  await now.advance();
  expect(await now.state()).toMatchObject({ state: 'failed', reason: { code: 'late' } });
});

test('a process whose lease expires while it reads Adobe’s state reads it again before recording the intent', async () => {
  const now = await oneConfirmed();
  const read = now.adobe.migrationStatus.bind(now.adobe);
  now.adobe.migrationStatus = async (id) => {
    now.adobe.migrationStatus = read;
    now.clock.advance(3);
    expect(await now.runner.acquireLease()).toBe(true);
    return read(id);
  };
  await now.advance();
  expect(await now.state()).toMatchObject({ state: 'confirmed' });
  await now.advance();
  expect(await now.state()).toMatchObject({ state: 'submitted' });
  expect(now.adobe.calls).toEqual([`status ${consoleId(1)}`, `status ${consoleId(1)}`, `start ${accountId(1)}`]);
});

test('a process that was suspended until another instance took over the queue sends nothing', async () => {
  const now = await oneConfirmed();
  const other = newProcess(now.world);
  expect(await now.runner.acquireLease()).toBe(true);
  now.adobe.onStart = async (_target, _signal, maySend) => {
    now.clock.advance(3);
    expect(await other.runner.acquireLease()).toBe(true);
    return maySend() ? { kind: 'accepted' } : { kind: 'late' };
  };
  await now.advance();
  expect(await now.state()).toMatchObject({ state: 'failed', reason: { code: 'late' } });
});
