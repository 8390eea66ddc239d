import { describe, expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import type { UnreachableCode } from '../../src/reminders/ports.ts';
import { takeOver } from '../support/database.ts';
import { ADMIN, migrator } from '../support/people.ts';
import { accountId } from '../support/samples.ts';
import { migrate, of, run, startWith } from './setup.ts';

const HOUR = 3_600_000;

/** How the digest names each owner: email, and the Slack user or the reason why there is none. */
function named({ slack }: Awaited<ReturnType<typeof startWith>>, digest = 0): string[] {
  return (slack.digests[digest]?.groups ?? []).map(({ email, recipient }) => {
    const who = recipient?.kind === 'person' ? recipient.userId : (recipient?.why ?? 'not known');
    return `${email ?? 'no email'}: ${who}`;
  });
}

describe('an owner who cannot be reached in Slack', () => {
  test.each<UnreachableCode>(['unknown', 'deactivated', 'guest', 'not_a_member', 'lookup_rejected'])(
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

  test('is named in the digest as rejected, and not sent a message again, when Slack rejects one', async () => {
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

  test('is also named in the digest as rejected after taking credentials over', async () => {
    const started = await startWith([of('a@example.com', 1), of(null, 2)]);
    const { slack, rounds, db } = started;
    await takeOver(db, accountId(1), 'UC');
    slack.refusing.set('UC', 'user_disabled');
    await rounds.check();
    expect(named(started)).toEqual(['no email: rejected', 'no email: not known']);
  });
});

describe('an owner’s email', () => {
  test('is case-insensitive: two spellings lead to one lookup and one message', async () => {
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
    expect(slack.sent).toEqual([]);
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

  test('is looked up at most three times in a row', async () => {
    const started = await startWith([of('a@example.com', 1)]);
    const { slack, rounds, store } = started;
    slack.fail('recipient', new RateLimitedError(30_000), 3);
    await rounds.check();
    expect(slack.lookups).toHaveLength(3);
    expect(await store.unfinishedRounds()).toHaveLength(1);
  });

  test('that Slack rejects is named in the digest, the person who took over its credential is reminded, and the round ends', async () => {
    const started = await startWith([of('anna@example.com', 1), of('bi team', 2), of('left', 3)]);
    const { world, slack, store, db } = started;
    await takeOver(db, accountId(3), 'U2');
    slack.unreachable.set('bi team', 'lookup_rejected').set('left', 'lookup_rejected');
    await run(started, world);
    expect(slack.to('owner')).toEqual(['UANNA', 'U2']);
    expect(named(started)).toEqual(['anna@example.com: UANNA', 'bi team: lookup_rejected', 'no email: U2']);
    expect(slack.lookups.map(({ email }) => email)).toEqual(['anna@example.com', 'bi team']);
    expect(await store.unfinishedRounds()).toEqual([]);
  });

  test('is looked up, and its owner reminded, no later when the clock is set back', async () => {
    const started = await startWith([of('a@example.com', 1), of('b@example.com', 2)]);
    const { slack, world, clock } = started;
    slack.unanswered.add('a@example.com');
    slack.fail('remindOwner', new Error('Slack is down'), 3);
    await run(started, world, 5);
    expect(slack.to('owner')).toEqual([]);
    slack.unanswered.clear();
    clock.set(-3_600);
    await run(started, world, 8);
    expect(slack.to('owner').sort()).toEqual(['UA', 'UB']);
  });

  test('is not looked up for an hour after Slack said that the app may look no one up', async () => {
    const started = await startWith([of('a@example.com', 1), of('b@example.com', 2)]);
    const { slack, rounds, reminders, clock } = started;
    slack.unreachable.set('a@example.com', 'not_permitted');
    await rounds.check();
    expect(slack.lookups).toHaveLength(1);
    expect(named(started)).toEqual(['a@example.com: not_permitted', 'b@example.com: not_permitted']);
    slack.unreachable.clear();
    clock.advanceMs(HOUR);
    await reminders.startManualRound(migrator(ADMIN), 'round');
    await rounds.resume();
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
  });
});

describe('several addresses of one person', () => {
  test('lead to one message with all of their credentials, counted once in the digest', async () => {
    const started = await startWith([of('a@example.com', 1), of('b@example.com', 2), of('old@example.com', 3)]);
    const { slack, rounds, store } = started;
    slack.further.set('old@example.com', 'UA');
    await rounds.check();
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.map(({ name }) => name)])).toEqual([
      ['UA', ['credential 1', 'credential 3']],
      ['UB', ['credential 2']],
    ]);
    expect(named(started)).toEqual(['a@example.com: UA', 'b@example.com: UB']);
    expect(slack.digests[0]?.groups[0]?.credentials).toHaveLength(2);
    expect(await store.unfinishedRounds()).toEqual([]);
  });

  test('are shown as such in a preview, which does not wait for a pause that Slack asks for', async () => {
    const owners = Array.from({ length: 10 }, (_, i) => of(`owner${i}@example.com`, i + 1));
    const { reminders, slack, clock } = await startWith(owners);
    slack.fail('recipient', new RateLimitedError(30_000));
    const begin = clock.monotonicMs();
    const { digest } = await reminders.preview(migrator(ADMIN), 10);
    expect(clock.monotonicMs() - begin).toBeLessThan(3_000);
    expect(slack.lookups).toHaveLength(1);
    expect(digest.groups.map(({ recipient }) => recipient)).toEqual(owners.map(() => null));
  });

  test('are one person in the preview', async () => {
    const { slack, reminders } = await startWith([of('a@example.com', 1), of('old@example.com', 2)]);
    slack.further.set('old@example.com', 'UA');
    const { digest } = await reminders.preview(migrator(ADMIN), 10);
    expect(digest.groups.map(({ credentials }) => credentials.length)).toEqual([2]);
  });
});

describe('taking over a credential', () => {
  test('leads to one message that also has the credentials the migrator owns', async () => {
    const { slack, rounds, db } = await startWith([of('a@example.com', 1), of('left@example.com', 2), of(null, 3)]);
    await takeOver(db, accountId(2), 'UA');
    await takeOver(db, accountId(3), 'UA');
    await rounds.check();
    expect(slack.to('owner')).toEqual(['UA']);
    expect(slack.reminded[0]?.credentials.map(({ name }) => name)).toEqual([
      'credential 1',
      'credential 2',
      'credential 3',
    ]);
    expect(slack.lookups.map(({ email }) => email)).toEqual(['a@example.com']);
  });

  test('delays the message while a lookup fails that may lead to the same person', async () => {
    const { slack, rounds, db } = await startWith([of('a@example.com', 1), of(null, 2)]);
    await takeOver(db, accountId(2), 'UA');
    slack.fail('recipient', new Error('internal_error'));
    await rounds.check();
    expect(slack.to('owner')).toEqual([]);
    await rounds.resume();
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.length])).toEqual([['UA', 2]]);
  });

  test('reminds the migrator instead of the owner', async () => {
    const started = await startWith([of('a@example.com', 1), of('a@example.com', 2)]);
    const { slack, rounds, db } = started;
    await takeOver(db, accountId(1), 'UB');
    await rounds.check();
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.map(({ name }) => name)])).toEqual([
      ['UA', ['credential 2']],
      ['UB', ['credential 1']],
    ]);
    expect(named(started)).toEqual(['a@example.com: UA', 'no email: UB']);
  });

  test('while messages are sent is shown in the digest', async () => {
    const started = await startWith([of('a@example.com', 1), of('unknown@example.com', 2), of(null, 3)]);
    const { slack, rounds, db } = started;
    slack.unreachable.set('unknown@example.com', 'unknown');
    slack.during = async () => {
      await takeOver(db, accountId(2), ADMIN);
      await takeOver(db, accountId(3), ADMIN);
    };
    await rounds.check();
    expect(named(started)).toEqual(['a@example.com: UA', `no email: ${ADMIN}`]);
  });

  test('ends when the credential is migrated', async () => {
    const { world, slack, rounds, db } = await startWith([of('a@example.com', 1), of(null, 2)]);
    await takeOver(db, accountId(2), 'UB');
    await migrate(world, 2);
    await rounds.check();
    expect(slack.to('owner')).toEqual(['UA']);
  });
});
