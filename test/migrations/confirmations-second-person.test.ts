import { describe, expect, test } from 'vitest';
import { accountId } from '../support/samples.ts';
import { ASKER, ASKER_PERSON, denialOf, MEMBER, OTHER, PLACE, startWith, story } from './setup.ts';

const PRESS = { typed: null, responseUrl: 'https://slack.example/press' };

/** A question that a second person has to confirm. */
async function asked() {
  const now = await startWith([1], { requireSecondPerson: true });
  const result = await now.confirmations.ask(ASKER_PERSON, accountId(1), PLACE);
  if (result.kind !== 'asked') throw new Error(`asking gave ${result.kind}`);
  return { ...now, question: result.question };
}

describe('where a second person is required', () => {
  test('the question is posted for all to see', async () => {
    const { messages, question, confirmations } = await asked();
    expect(messages.posted.map(({ id }) => id)).toEqual([question.id]);
    expect(question.questionMessage).toEqual({ channel: PLACE.channel, ts: '1.1' });
    expect(await confirmations.peek(question.id)).toEqual(question);
  });

  test('the asker is refused, and it is written down', async () => {
    const now = await asked();
    expect(await denialOf(now.confirmations.confirm(ASKER, now.question.id, PRESS))).toBe('own_request');
    expect(await denialOf(now.confirmations.open(ASKER, now.question.id))).toBe('own_request');
    expect((await story(now)).slice(1)).toEqual(Array(2).fill(`refused by ${ASKER.userId} own_request`));
    expect(await now.confirmations.peek(now.question.id)).toMatchObject({ state: 'asked' });
  });

  test('another one who may migrate confirms', async () => {
    const now = await asked();
    const answered = await now.confirmations.confirm(OTHER, now.question.id, PRESS);
    const migration = {
      askedBy: ASKER.userId,
      decidedBy: OTHER.userId,
      questionMessage: now.question.questionMessage,
    };
    expect(answered).toMatchObject({ kind: 'confirmed', migration });
    expect(now.messages.closed).toMatchObject([{ question: migration, responseUrl: PRESS.responseUrl }]);
  });

  test('one who may not migrate is refused', async () => {
    const { confirmations, question } = await asked();
    expect(await denialOf(confirmations.confirm(MEMBER, question.id, PRESS))).toBe('not_migrator');
  });

  test.each([
    ['the asker', ASKER],
    ['another one', OTHER],
  ])('%s may cancel', async (_, caller) => {
    const { confirmations, question } = await asked();
    const cancelled = await confirmations.cancel(caller, question.id, null);
    expect(cancelled).toMatchObject({ state: 'cancelled', decidedBy: caller.userId });
  });

  test('and Slack does not take the question there, it is void: nobody else would see it', async () => {
    const now = await startWith([1], { requireSecondPerson: true });
    now.messages.takesQuestions = false;
    const result = await now.confirmations.ask(ASKER_PERSON, accountId(1), PLACE);
    expect(result).toEqual({ kind: 'not_posted' });
    expect((await story(now)).at(-1)).toBe('void by qs-creds not_posted');
  });

  test.each(['D0123456', 'U0123456'])(
    'nothing is asked in direct messages (%s): nobody else sees them',
    async (channel) => {
      const now = await startWith([1], { requireSecondPerson: true });
      const result = await now.confirmations.ask(ASKER_PERSON, accountId(1), { channel, responseUrl: null });
      expect(result).toEqual({ kind: 'nobody_else' });
      expect(await story(now)).toEqual([]);
    },
  );
});
