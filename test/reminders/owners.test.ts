import { describe, expect, test } from 'vitest';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import type { UnreachableCode } from '../../src/reminders/ports.ts';
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

describe('owners whom Slack does not reach are named in the digest', () => {
  test.each<UnreachableCode>(['unknown', 'deactivated', 'guest', 'not_a_member'])('as %s', async (why) => {
    const started = await startWith([of('a@example.com', 1), of('b@example.com', 2)]);
    const { slack, reminders, store } = started;
    slack.unreachable.set('a@example.com', why);
    await reminders.look();
    expect(named(started)).toEqual([`a@example.com: ${why}`, 'b@example.com: UB']);
    expect(slack.to('owner')).toEqual(['UB']);
    expect(await store.unfinished()).toEqual([]);
  });

  test('as refused, when Slack takes no message to them; nor is it tried again', async () => {
    const started = await startWith([of('a@example.com', 1), of('b@example.com', 2)]);
    const { slack, world, store } = started;
    slack.refusing.set('UA', 'user_disabled');
    await run(started, world);
    expect(named(started)).toEqual(['a@example.com: refused', 'b@example.com: UB']);
    slack.refusing.clear();
    await run(started, world);
    expect(slack.to('owner')).toEqual(['UB']);
    expect(await store.unfinished()).toEqual([]);
  });

  test('as refused, also when they had taken it over', async () => {
    const started = await startWith([of('a@example.com', 1), of(null, 2)]);
    const { slack, reminders, control } = started;
    await control.takeOver('UC', accountId(1));
    slack.refusing.set('UC', 'user_disabled');
    await reminders.look();
    expect(named(started)).toEqual(['no email: refused', 'no email: not known']);
  });
});

describe('an owner’s email', () => {
  test('is the same in capitals: one look-up, one message', async () => {
    const { slack, reminders } = await startWith([of('Anna@Example.com', 1), of('anna@EXAMPLE.com', 2)]);
    await reminders.look();
    expect(slack.lookups.map(({ email }) => email)).toEqual(['anna@example.com']);
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.length])).toEqual([['UANNA', 2]]);
  });

  test('is looked up once a day', async () => {
    const { slack, reminders, control, timer } = await startWith([of('a@example.com', 1)]);
    await reminders.look();
    timer.advanceMs(23 * HOUR);
    await control.preview(10);
    expect(slack.lookups).toHaveLength(1);
    timer.advanceMs(2 * HOUR);
    slack.unreachable.set('a@example.com', 'deactivated');
    await control.startManualRound('UADMIN', 'round');
    await reminders.resume();
    expect(slack.lookups).toHaveLength(2);
    expect(slack.to('owner')).toEqual(['UA']);
    expect(slack.digests[1]?.groups[0]?.recipient).toEqual({ kind: 'unreachable', why: 'deactivated' });
  });

  test('that Slack does not tell of for the moment is tried again, until it does', async () => {
    const started = await startWith([of('a@example.com', 1), of('b@example.com', 2)]);
    const { slack, reminders, store, timer } = started;
    slack.fail('addressee', new Error('Slack is down'), 2);
    await reminders.look();
    expect(slack.to('owner')).toEqual([]);
    expect(named(started)).toEqual(['a@example.com: not known', 'b@example.com: not known']);
    expect(await store.unfinished()).toHaveLength(1);
    timer.advanceMs(10_000);
    await reminders.resume();
    expect(slack.to('owner')).toEqual(['UA', 'UB']);
    expect(slack.to('digest')).toHaveLength(1);
    expect(await store.unfinished()).toEqual([]);
  });

  test('is waited for when Slack asks for a pause: the digest knows who it is', async () => {
    const started = await startWith([of('a@example.com', 1)]);
    const { slack, reminders } = started;
    slack.fail('addressee', new RateLimitedError(30_000), 2);
    await reminders.look();
    expect(named(started)).toEqual(['a@example.com: UA']);
    const [first, second, third] = slack.lookups.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect((third ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(30_000);
  });

  test('is not waited for without end', async () => {
    const started = await startWith([of('a@example.com', 1)]);
    const { slack, reminders, store } = started;
    slack.fail('addressee', new RateLimitedError(30_000), 3);
    await reminders.look();
    expect(named(started)).toEqual(['a@example.com: not known']);
    expect(await store.unfinished()).toHaveLength(1);
  });
});

describe('taking over', () => {
  test('makes one message with what is one’s own already', async () => {
    const { slack, reminders, control } = await startWith([
      of('a@example.com', 1),
      of('left@example.com', 2),
      of(null, 3),
    ]);
    await control.takeOver('UA', accountId(2));
    await control.takeOver('UA', accountId(3));
    await reminders.look();
    expect(slack.to('owner')).toEqual(['UA']);
    expect(slack.reminded[0]?.credentials.map(({ name }) => name)).toEqual([
      'credential 1',
      'credential 2',
      'credential 3',
    ]);
    expect(slack.lookups.map(({ email }) => email)).toEqual(['a@example.com']);
  });

  test('waits for a look-up that failed: whoever it is may be who took over', async () => {
    const { slack, reminders, control } = await startWith([of('a@example.com', 1), of(null, 2)]);
    await control.takeOver('UA', accountId(2));
    slack.fail('addressee', new Error('internal_error'));
    await reminders.look();
    expect(slack.to('owner')).toEqual([]);
    await reminders.resume();
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.length])).toEqual([['UA', 2]]);
  });

  test('reminds whoever owns nothing, and no longer the owner', async () => {
    const started = await startWith([of('a@example.com', 1), of('a@example.com', 2)]);
    const { slack, reminders, control, audit } = started;
    await control.takeOver('UB', accountId(1));
    await reminders.look();
    expect(slack.reminded.map(({ to, credentials }) => [to, credentials.map(({ name }) => name)])).toEqual([
      ['UA', ['credential 2']],
      ['UB', ['credential 1']],
    ]);
    expect(named(started)).toEqual(['a@example.com: UA', 'no email: UB']);
    expect((await audit.history(accountId(1), 0, 10)).rows).toMatchObject([
      { actor: 'UB', action: 'took_over', technicalAccountId: accountId(1) },
    ]);
  });

  test('while messages go out shows in the digest', async () => {
    const started = await startWith([of('a@example.com', 1), of('unknown@example.com', 2), of(null, 3)]);
    const { slack, reminders, control } = started;
    slack.unreachable.set('unknown@example.com', 'unknown');
    slack.during = async () => {
      await control.takeOver('UADMIN', accountId(2));
      await control.takeOver('UADMIN', accountId(3));
    };
    await reminders.look();
    expect(named(started)).toEqual(['a@example.com: UA', 'no email: UADMIN']);
  });

  test('ends with the credential', async () => {
    const { world, slack, reminders, control } = await startWith([of('a@example.com', 1), of(null, 2)]);
    await control.takeOver('UB', accountId(2));
    await migrate(world, 2);
    await reminders.look();
    expect(slack.to('owner')).toEqual(['UA']);
  });
});
