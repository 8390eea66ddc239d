import { describe, expect, test } from 'vitest';
import { adobeError, consoleId, problem } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, ask, by, confirmed, denialOf, MEMBER, newProcess, OTHER, startWith, story, TIMEOUT } from './setup.ts';

/** A migration whose start was sent and whose end is unknown; people have been notified. */
async function oneThatNeedsAttention() {
  const now = await startWith([1, 2]);
  now.adobe.onStart = async () => ({ kind: 'unclear', error: adobeError('unavailable', 503) });
  const { id } = await confirmed(now, 1);
  await now.runner.advance();
  now.clock.advance(TIMEOUT / 1000);
  await now.runner.advance();
  await now.progress.report();
  now.clock.advance(60);
  now.adobe.calls.length = 0;
  const state = () => now.stores.migrations.get(id);
  const status = async () => (await now.stores.credentials.get(accountId(1)))?.status;
  /** The next step of the runner and of the progress. */
  const tick = async () => {
    now.clock.advance(5);
    await now.runner.advance();
    await now.progress.report();
  };
  const before = (await story(now)).length;
  const since = async () => (await story(now)).slice(before);
  expect(await state()).toMatchObject({ state: 'needs_attention' });
  return { ...now, id, state, status, tick, since };
}

const NOT_YET = [
  [{ status: 'not_started' }, 'not_started'],
  [{ status: 'started' }, 'started'],
  [{ status: 'none' }, 'none'],
  [{ problem: problem('unavailable', 503) }, 'unavailable'],
  [{ problem: problem('not_allowed', 403) }, 'not_allowed'],
] as const;

describe('checking again', () => {
  test.each(NOT_YET)('checking again returns %j and changes nothing', async (reading, why) => {
    const now = await oneThatNeedsAttention();
    if ('status' in reading) now.adobe.statuses.set(consoleId(1), reading.status);
    else now.adobe.failing.set('status', adobeError(reading.problem.kind, reading.problem.status));
    expect(await by(OTHER, now).checkAgain(now.id)).toMatchObject({ kind: 'checked', reading });
    expect(now.adobe.calls).toEqual([`status ${consoleId(1)}`]);
    await now.tick();
    expect(await now.state()).toMatchObject({ state: 'needs_attention' });
    expect(await now.status()).toBe('needs_attention');
    expect(await now.since()).toEqual([`checked_again by ${OTHER.userId} ${why}`]);
    expect(now.messages.ends()).toEqual(['credential 1: needs_attention']);
  });

  test('checking again ends the migration once when Adobe has completed it', async () => {
    const now = await oneThatNeedsAttention();
    now.adobe.statuses.set(consoleId(1), 'completed');
    const checks = [now, newProcess(now.world), now].map((process) => by(OTHER, process).checkAgain(now.id));
    for (const check of await Promise.all(checks)) {
      expect(check).toMatchObject({ kind: 'checked', reading: { status: 'completed' } });
    }
    expect(await now.status()).toBe('migrated');
    await now.tick();
    expect(await now.state()).toMatchObject({ state: 'migrated', endedAt: now.clock.now() });
    const check = `checked_again by ${OTHER.userId} completed`;
    expect(await now.since()).toEqual([check, check, check, 'migrated by qs-creds']);
    expect(now.messages.ends()).toEqual(['credential 1: needs_attention', 'credential 1: migrated']);
    expect(now.adobe.started).toHaveLength(1);
  });

  test('checking again throws errors that are not from Adobe, and records nothing', async () => {
    const now = await oneThatNeedsAttention();
    now.adobe.migrationStatus = () => Promise.reject(new TypeError('an error of ours'));
    await expect(by(OTHER, now).checkAgain(now.id)).rejects.toThrow('an error of ours');
    expect(await now.since()).toEqual([]);
  });
});

describe('marking as resolved', () => {
  test('marking as resolved records who did so and when, notifies, and sends nothing', async () => {
    const now = await oneThatNeedsAttention();
    const at = now.clock.now();
    const reason = { code: 'resolved', by: OTHER.userId };
    const resolved = { state: 'resolved', endedAt: at, reason, decidedBy: ASKER.userId };
    expect(await by(OTHER, now).resolve(now.id)).toMatchObject({ kind: 'resolved', migration: resolved });
    expect(await now.state()).toMatchObject(resolved);
    expect(await now.status()).toBe('eligible');
    await now.tick();
    expect(now.messages.ends()).toEqual(['credential 1: needs_attention', 'credential 1: resolved']);
    expect(now.messages.shown.at(-1)?.ts).toBe('1.1');
    expect(await now.since()).toEqual([`resolved by ${OTHER.userId}`]);
    expect(now.endings).toEqual(['needs_attention', 'resolved']);
    expect(now.adobe.calls).toEqual([]);
    expect(now.adobe.started).toHaveLength(1);
  });

  test('if several people mark as resolved at once, one succeeds, and the others see who it was', async () => {
    const now = await oneThatNeedsAttention();
    const other = newProcess(now.world);
    const answers = await Promise.all([
      by(OTHER, now).resolve(now.id),
      by(ASKER, other).resolve(now.id),
      by(OTHER, now).resolve(now.id),
    ]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['not_needed', 'not_needed', 'resolved']);
    const state = await now.state();
    for (const answer of answers) expect(answer).toMatchObject({ migration: state });
    expect(await now.since()).toHaveLength(1);
  });

  test('after marking as resolved, the credential can be requested again and needs a new confirmation', async () => {
    const now = await oneThatNeedsAttention();
    await by(OTHER, now).resolve(now.id);
    now.clock.advance(60);
    const { id } = await confirmed(now, 1);
    expect(id).not.toBe(now.id);
    await now.tick();
    expect(now.adobe.started).toHaveLength(2);
    const confirmations = (await story(now)).filter((line) => line.startsWith('confirmed'));
    expect(confirmations).toHaveLength(2);
  });

  test('after marking as resolved, a migration at Adobe is listed, is in the history, and voids requests', async () => {
    const now = await oneThatNeedsAttention();
    await by(OTHER, now).resolve(now.id);
    const request = await ask(now, 1);
    now.adobe.statuses.set(consoleId(1), 'completed');
    await now.sync.run();
    await now.tick();
    expect(await now.status()).toBe('migrated');
    expect(await now.state()).toMatchObject({ state: 'resolved' });
    expect(await now.migrations.get(request.id)).toMatchObject({ state: 'void', reason: { code: 'elsewhere' } });
    expect(await now.since()).toEqual([
      `resolved by ${OTHER.userId}`,
      `asked by ${ASKER.userId}`,
      'migrated_outside by qs-creds',
      'void by qs-creds elsewhere',
    ]);
  });

  test('marking as resolved is not needed once Adobe is known to have completed the migration', async () => {
    const now = await oneThatNeedsAttention();
    await now.stores.credentials.setAdobeStatus(accountId(1), 'completed', now.clock.now());
    const migrated = { kind: 'checked', reading: { status: 'completed' } };
    expect(await by(OTHER, now).resolve(now.id)).toMatchObject(migrated);
    await now.tick();
    expect(await now.state()).toMatchObject({ state: 'migrated' });
  });

  test('marking as resolved loses to a completion at the same moment', async () => {
    const now = await oneThatNeedsAttention();
    const { get } = now.stores.credentials;
    now.stores.credentials.get = async (id) => {
      const before = await get.call(now.stores.credentials, id);
      now.adobe.statuses.set(consoleId(1), 'completed');
      await now.sync.run();
      await now.runner.advance();
      return before;
    };
    const migration = { state: 'migrated' };
    expect(await by(OTHER, now).resolve(now.id)).toMatchObject({ kind: 'not_needed', migration });
    expect(await now.since()).toEqual(['migrated by qs-creds']);
  });
});

describe.each(['checkAgain', 'resolve'] as const)('%s', (press) => {
  test(`${press} is denied to members who may not migrate, and the denial is audited`, async () => {
    const now = await oneThatNeedsAttention();
    expect(await denialOf(by(MEMBER, now)[press](now.id))).toBe('not_migrator');
    expect(await now.since()).toEqual([`refused by ${MEMBER.userId} not_migrator`]);
    const [refusal] = (await now.stores.audit.history(accountId(1), 0, 1)).rows;
    const wanted = press === 'resolve' ? 'mark as resolved' : 'check again';
    expect(refusal).toMatchObject({ migrationId: now.id, detail: { wanted } });
    expect(await now.state()).toMatchObject({ state: 'needs_attention' });
    expect(now.adobe.calls).toEqual([]);
  });

  test(`${press} of an unknown id does nothing, and is denied to members who may not migrate`, async () => {
    const now = await oneThatNeedsAttention();
    for (const id of ['', 'made-up', 'nul\0', accountId(1), 'x'.repeat(10_000)]) {
      expect(await by(OTHER, now)[press](id)).toEqual({ kind: 'no_such_migration' });
      expect(await denialOf(by(MEMBER, now)[press](id))).toBe('not_migrator');
    }
    expect((await now.since()).every((line) => line.startsWith('refused'))).toBe(true);
    expect(now.adobe.calls).toEqual([]);
  });

  test(`${press} of a migration that does not need attention does nothing`, async () => {
    const now = await oneThatNeedsAttention();
    const request = await ask(now, 2);
    const asked = { kind: 'not_needed', migration: { id: request.id, state: 'asked' } };
    expect(await by(OTHER, now)[press](request.id)).toMatchObject(asked);
    await by(ASKER, now).confirm(request.id, { typed: null, responseUrl: null });
    const queued = { kind: 'not_needed', migration: { state: 'confirmed' } };
    expect(await by(OTHER, now)[press](request.id)).toMatchObject(queued);
    await now.tick();
    const sent = { kind: 'not_needed', migration: { state: 'submitted' } };
    expect(await by(OTHER, now)[press](request.id)).toMatchObject(sent);
    expect((await story(now)).filter((line) => /checked|resolved/.test(line))).toEqual([]);
    expect(await now.state()).toMatchObject({ state: 'needs_attention' });
  });

  test.each(['resolved', 'migrated'] as const)(`${press} of a migration that is %s changes nothing`, async (state) => {
    const now = await oneThatNeedsAttention();
    if (state === 'resolved') await by(OTHER, now).resolve(now.id);
    else {
      now.adobe.statuses.set(consoleId(1), 'completed');
      await now.sync.run();
      await now.tick();
    }
    const before = await story(now);
    now.adobe.calls.length = 0;
    const over = { kind: 'not_needed', migration: { state } };
    expect(await by(ASKER, now)[press](now.id)).toMatchObject(over);
    expect(await story(now)).toEqual(before);
    expect(now.adobe.calls).toEqual([]);
  });
});

test('a migration that needs attention cannot be requested again, and holds up no other', async () => {
  const now = await oneThatNeedsAttention();
  expect(await by(ASKER, now).ask(accountId(1), { channel: 'C1', responseUrl: null })).toMatchObject({
    kind: 'not_possible',
    credential: { status: 'needs_attention' },
    active: null,
  });
  await confirmed(now, 2);
  await now.tick();
  expect(now.adobe.started.at(-1)?.technicalAccountId).toBe(accountId(2));
});
