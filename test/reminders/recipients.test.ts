import { describe, expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import type { UnreachableCode } from '../../src/reminders/ports.ts';
import { ADMIN, migrator } from '../support/people.ts';
import { accountId } from '../support/samples.ts';
import { migrate, of, run, startWith } from './setup.ts';

const HOUR = 3_600_000;

/** How the digest names each owner: email, and who it is or why not. */
function named({ slack }: Awaited<ReturnType<typeof startWith>>, digest = 0): string[] {
  return (slack.digests[digest]?.groups ?? []).map(({ email, recipient }) => {
    const who = recipient?.kind === 'person' ? recipient.userId : (recipient?.why ?? 'not known');
    return `${email ?? 'no email'}: ${who}`;
  });
}

describe('an owner who cannot be reached in Slack', () => {
  test.each<UnreachableCode>(['unknown', 'deactivated', 'guest', 'not_a_member'])(
    'is named in the digest as %s',
    async (why) => {
      const started = await startWith([of('a@example.com', 1), of('b@example.com', 2)]);
      const { slack, rounds, store } = started;
      slack.unreachable.set('a@example.com', why);
      await rounds.check();
      expect(named(started)).toEqual([`a@example.com: ${why}`, 'b@example.com: UB']);
      expect(slack.to('owner')).toEqual(['UB']);
      expect(await store.unfinishedRounds()).toEqual([]);
    },
  );

  test('is named in the digest as rejected, and not sent a message again, when Slack takes none', async () => {
    const started = await startWith([of('a@example.com', 1), of('b@example.com', 2)]);
    const { slack, world, store } = started;
    slack.refusing.set('UA', 'user_disabled');
    await run(started, world);
    expect(named(started)).toEqual(['a@example.com: rejected', 'b@example.com: UB']);
    slack.refusing.clear();
    await run(started, world);
    expect(slack.to('owner')).toEqual(['UB']);
    expect(await store.unfinishedRounds()).toEqual([]);
  });

  test('is named in the digest as rejected, too, after taking credentials over', async () => {
    const started = await startWith([of('a@example.com', 1), of(null, 2)]);
    const { slack, rounds, reminders } = started;
    await reminders.takeOver(migrator('UC'), accountId(1));
    slack.refusing.set('UC', 'user_disabled');
    await rounds.check();
    expect(named(started)).toEqual(['no email: rejected', 'no email: not known']);
  });
});

describe('an owner’s email', () => {
  test('is the same in capitals: it takes one look-up and one message', async () => {
    const { slack, rounds } = await startWith([of('Anna@Example.com', 1), of('anna@EXAMPLE.com', 2)]);
    await rounds.check();
    expect(slack.lookups.map(({ email }) => email)).toEqual(['anna@example.com']);
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.length])).toEqual([['UANNA', 2]]);
  });

  test('is looked up once a day', async () => {
    const { slack, rounds, reminders, clock } = await startWith([of('a@example.com', 1)]);
    await rounds.check();
    clock.advanceMs(23 * HOUR);
    await reminders.preview(migrator(ADMIN), 10);
    expect(slack.lookups).toHaveLength(1);
    clock.advanceMs(2 * HOUR);
    slack.unreachable.set('a@example.com', 'deactivated');
    await reminders.startManualRound(migrator(ADMIN), 'round');
    await rounds.resume();
    expect(slack.lookups).toHaveLength(2);
    expect(slack.to('owner')).toEqual(['UA']);
    expect(slack.digests[1]?.groups[0]?.recipient).toEqual({ kind: 'unreachable', why: 'deactivated' });
  });

  test('is looked up again until Slack responds', async () => {
    const started = await startWith([of('a@example.com', 1), of('b@example.com', 2)]);
    const { slack, rounds, store, clock } = started;
    slack.fail('recipient', new Error('Slack is down'), 2);
    await rounds.check();
    expect(slack.to('owner')).toEqual([]);
    expect(named(started)).toEqual(['a@example.com: not known', 'b@example.com: not known']);
    expect(await store.unfinishedRounds()).toHaveLength(1);
    clock.advanceMs(10_000);
    await rounds.resume();
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect(slack.to('digest')).toHaveLength(1);
    expect(await store.unfinishedRounds()).toEqual([]);
  });

  test('is looked up again after the pause that Slack asks for, before the digest is posted', async () => {
    const started = await startWith([of('a@example.com', 1)]);
    const { slack, rounds } = started;
    slack.fail('recipient', new RateLimitedError(30_000), 2);
    await rounds.check();
    expect(named(started)).toEqual(['a@example.com: UA']);
    const [first, second, third] = slack.lookups.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(30_000);
  });

  test('is not looked up more than three times in a row', async () => {
    const started = await startWith([of('a@example.com', 1)]);
    const { slack, rounds, store } = started;
    slack.fail('recipient', new RateLimitedError(30_000), 3);
    await rounds.check();
    expect(named(started)).toEqual(['a@example.com: not known']);
    expect(await store.unfinishedRounds()).toHaveLength(1);
  });
});

describe('taking over a credential', () => {
  test('leads to one message with the credentials that the migrator owns', async () => {
    const { slack, rounds, reminders } = await startWith([
      of('a@example.com', 1),
      of('left@example.com', 2),
      of(null, 3),
    ]);
    await reminders.takeOver(migrator('UA'), accountId(2));
    await reminders.takeOver(migrator('UA'), accountId(3));
    await rounds.check();
    expect(slack.to('owner')).toEqual(['UA']);
    expect(slack.reminded[0]?.credentials.map(({ name }) => name)).toEqual([
      'credential 1',
      'credential 2',
      'credential 3',
    ]);
    expect(slack.lookups.map(({ email }) => email)).toEqual(['a@example.com']);
  });

  test('defers the message while a look-up fails that may lead to the same person', async () => {
    const { slack, rounds, reminders } = await startWith([of('a@example.com', 1), of(null, 2)]);
    await reminders.takeOver(migrator('UA'), accountId(2));
    slack.fail('recipient', new Error('internal_error'));
    await rounds.check();
    expect(slack.to('owner')).toEqual([]);
    await rounds.resume();
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.length])).toEqual([['UA', 2]]);
  });

  test('reminds the migrator instead of the owner', async () => {
    const started = await startWith([of('a@example.com', 1), of('a@example.com', 2)]);
    const { slack, rounds, reminders, audit } = started;
    await reminders.takeOver(migrator('UB'), accountId(1));
    await rounds.check();
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.map(({ name }) => name)])).toEqual([
      ['UA', ['credential 2']],
      ['UB', ['credential 1']],
    ]);
    expect(named(started)).toEqual(['a@example.com: UA', 'no email: UB']);
    expect((await audit.history(accountId(1), 0, 10)).rows).toMatchObject([
      { actor: 'UB', action: 'took_over', technicalAccountId: accountId(1) },
    ]);
  });

  test('while messages are sent shows in the digest', async () => {
    const started = await startWith([of('a@example.com', 1), of('unknown@example.com', 2), of(null, 3)]);
    const { slack, rounds, reminders } = started;
    slack.unreachable.set('unknown@example.com', 'unknown');
    slack.during = async () => {
      await reminders.takeOver(migrator(ADMIN), accountId(2));
      await reminders.takeOver(migrator(ADMIN), accountId(3));
    };
    await rounds.check();
    expect(named(started)).toEqual(['a@example.com: UA', `no email: ${ADMIN}`]);
  });

  test('ends when the credential is migrated', async () => {
    const { world, slack, rounds, reminders } = await startWith([of('a@example.com', 1), of(null, 2)]);
    await reminders.takeOver(migrator('UB'), accountId(2));
    await migrate(world, 2);
    await rounds.check();
    expect(slack.to('owner')).toEqual(['UA']);
  });
});
