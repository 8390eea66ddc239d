import { describe, expect, test } from 'vitest';
import { accountId } from '../support/samples.ts';
import { ASKER, by, denialOf, MEMBER, OTHER, PLACE, startWith, story } from './setup.ts';

const PRESS = { typed: null, responseUrl: 'https://slack.example/press' };

/** A request that a second person has to confirm. */
async function asked() {
  const now = await startWith([1], { requireSecondPerson: true });
  const result = await by(ASKER, now).ask(accountId(1), PLACE);
  if (result.kind !== 'asked') throw new Error(`asking gave ${result.kind}`);
  return { ...now, request: result.request };
}

describe('where a second person is required', () => {
  test('the question is posted where a second person is required', async () => {
    const { messages, request, migrations } = await asked();
    expect(messages.posted.map(({ id }) => id)).toEqual([request.id]);
    expect(request.questionMessage).toEqual({ channel: PLACE.channel, ts: '1.1' });
    expect(await migrations.get(request.id)).toEqual(request);
  });

  test('the asker’s confirmation is denied and audited where a second person is required', async () => {
    const now = await asked();
    expect(await denialOf(by(ASKER, now).confirm(now.request.id, PRESS))).toBe('own_request');
    expect(await denialOf(by(ASKER, now).find(now.request.id))).toBe('own_request');
    expect((await story(now)).slice(1)).toEqual(Array(2).fill(`refused by ${ASKER.userId} own_request`));
    expect(await now.migrations.get(now.request.id)).toMatchObject({ state: 'asked' });
  });

  test('a second migrator confirms', async () => {
    const now = await asked();
    const answered = await by(OTHER, now).confirm(now.request.id, PRESS);
    const migration = { askedBy: ASKER.userId, decidedBy: OTHER.userId, questionMessage: now.request.questionMessage };
    expect(answered).toMatchObject({ kind: 'confirmed', migration });
    expect(now.messages.closed).toMatchObject([{ request: migration, responseUrl: PRESS.responseUrl }]);
  });

  test('a second person who may not migrate is denied', async () => {
    const now = await asked();
    expect(await denialOf(by(MEMBER, now).confirm(now.request.id, PRESS))).toBe('not_migrator');
  });

  test.each([
    ['the asker', ASKER],
    ['another migrator', OTHER],
  ])('%s may cancel where a second person is required', async (_, caller) => {
    const now = await asked();
    const cancelled = await by(caller, now).cancel(now.request.id);
    expect(cancelled).toMatchObject({ state: 'cancelled', decidedBy: caller.userId });
  });

  test('a request for a second person is void if the app may not post its question', async () => {
    const now = await startWith([1], { requireSecondPerson: true });
    now.messages.takesQuestions = false;
    const result = await by(ASKER, now).ask(accountId(1), PLACE);
    expect(result).toEqual({ kind: 'not_posted' });
    expect((await story(now)).at(-1)).toBe('void by qs-creds not_posted');
  });

  test('a request is made only if someone other than the asker may migrate, or Slack does not say who may', async () => {
    const now = await startWith([1], { requireSecondPerson: true });
    now.people.add(OTHER.userId);
    expect(await by(ASKER, now).ask(accountId(1), PLACE)).toEqual({ kind: 'no_one_else' });
    expect(await story(now)).toEqual([]);
    expect(now.messages.posted).toEqual([]);
    now.people.migratorIds = () => Promise.reject(new Error('ratelimited'));
    expect(await by(ASKER, now).ask(accountId(1), PLACE)).toMatchObject({ kind: 'asked' });
  });

  test.each(['D0123456', 'U0123456'])(
    'no request is made in the direct messages %s, which no second person sees',
    async (channel) => {
      const now = await startWith([1], { requireSecondPerson: true });
      const result = await by(ASKER, now).ask(accountId(1), { channel, responseUrl: null });
      expect(result).toEqual({ kind: 'not_shared' });
      expect(await story(now)).toEqual([]);
    },
  );
});
