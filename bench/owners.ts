import type { Recipient } from '../src/reminders/ports.ts';
import { LOOKUP_GAP_MS, MESSAGE_GAP_MS } from '../src/services.ts';
import { newInstance, of, put } from '../test/reminders/setup.ts';
import { TestClock } from '../test/support/clock.ts';
import { openInMemory } from '../test/support/database.ts';
import { FakeMessages, FakePeople } from '../test/support/fake-messages.ts';
import { FakeSlack } from '../test/support/fake-slack.ts';
import { FakeAdobe } from '../test/support/fakes.ts';
import { ADMIN, migrator } from '../test/support/people.ts';
import type { Table } from './report.ts';

const OWNERS = 1_000;
/** How long every call to Slack takes. Milliseconds. */
const SLACK_MS = 150;

class SlowSlack extends FakeSlack {
  readonly #pass: () => void;

  constructor(clock: TestClock) {
    super(clock);
    this.#pass = () => clock.advanceMs(SLACK_MS);
    this.during = async () => this.#pass();
  }

  override recipient(email: string): Promise<Recipient> {
    this.#pass();
    return super.recipient(email);
  }
}

/** A round of reminders in simulated time, against Slack's rates: one message a second and 50 look-ups a minute. */
export async function owners(): Promise<Table> {
  const db = await openInMemory();
  try {
    const clock = new TestClock('2025-06-23T09:00:00Z');
    const slack = new SlowSlack(clock);
    const world = { db, clock, slack, adobe: new FakeAdobe(), people: new FakePeople(), messages: new FakeMessages() };
    await put(world, ...Array.from({ length: OWNERS }, (_, i) => of(`owner${i}@example.com`, i + 1)));
    const { rounds, reminders } = newInstance(world);
    const seconds = async (act: () => Promise<unknown>) => {
      const began = clock.monotonicMs();
      await act();
      return (clock.monotonicMs() - began) / 1000;
    };
    // The first call of each kind does not wait.
    const messages = (OWNERS * MESSAGE_GAP_MS) / 1000;
    const lookups = ((OWNERS - 1) * LOOKUP_GAP_MS) / 1000;
    const row = (label: string, took: number, pace: number) => [
      label,
      slack.sent.length,
      took,
      pace,
      took / pace,
      '≤ 1.05',
    ];
    const first = await seconds(() => rounds.check());
    const rows = [row('every owner is looked up first', first, lookups + messages)];
    slack.forget();
    await reminders.startManualRound(migrator(ADMIN), 'round');
    rows.push(row('every owner is known', await seconds(() => rounds.resume()), messages));
    return {
      title: `A round of reminders to ${OWNERS} owners, every call to Slack taking ${SLACK_MS} ms`,
      columns: ['', 'messages', 'took, s', 'at Slack’s pace, s', 'ratio', 'goal'],
      rows,
    };
  } finally {
    await db.destroy();
  }
}
