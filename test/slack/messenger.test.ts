import { describe, expect, test } from 'vitest';
import type { Migration } from '../../src/migrations/migration.ts';
import { SlackMessenger } from '../../src/slack/messenger.ts';
import { ADMIN, ARCHIVED, GENERAL, MEMBER, OTHERS, SECRET, startSlack } from '../playground/slack-bolt.ts';
import { confirmed, credential, migration, ORDINARY } from './samples.ts';
import { responseUrl, serve, webClient } from './setup.ts';

/** Boards on a local Slack, and what they warned of. */
async function startBoards(options: { requireSecondPerson: boolean } = { requireSecondPerson: true }) {
  const { slack, apiUrl } = await startSlack();
  const warnings: object[] = [];
  const nothing = () => {};
  const logger = {
    debug: nothing,
    info: nothing,
    error: nothing,
    warn: (details: object) => void warnings.push(details),
  };
  const boards = new SlackMessenger(webClient(apiUrl), logger, options);
  const seen = (channel: string) => slack.messagesSeenBy(ADMIN, channel);
  return { slack, boards, warnings, seen, client: webClient(apiUrl) };
}

const NOT_JOINED = [
  ['not joined', OTHERS],
  ['archived', ARCHIVED],
  ['private and not joined', SECRET],
  ['unknown', 'C0NOTHING1'],
] as const;

describe('progress', () => {
  const running = { kind: 'running', elapsedSeconds: 8, expectedSeconds: 40 } as const;
  const inGeneral = confirmed(ORDINARY, { channel: GENERAL });

  test('is posted where it was asked, then edited there', async () => {
    const { slack, boards, seen } = await startBoards();
    const message = await boards.show(inGeneral, { kind: 'starting' });
    expect(message).toEqual({ channel: GENERAL, ts: seen(GENERAL)[0]?.ts });
    expect(await boards.show({ ...inGeneral, message }, running)).toBe(message);
    expect(seen(GENERAL)).toMatchObject([
      { edited: true, text: expect.stringContaining('8 s of about 40 s') },
    ]);
    expect(slack.rejected).toEqual([]);
    expect(slack.calls[0]?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
  });

  test.each(NOT_JOINED)('of a channel that is %s goes to whoever confirmed', async (_, channel) => {
    const { slack, boards, seen } = await startBoards();
    const asked = confirmed(ORDINARY, { channel, askedBy: MEMBER, decidedBy: ADMIN });
    const direct = slack.directOf(ADMIN);
    const message = await boards.show(asked, { kind: 'starting' });
    expect(message).toEqual({ channel: direct, ts: seen(direct)[0]?.ts });
    // The answer names the channel in which the message can be edited later.
    expect(await boards.show({ ...asked, message }, running)).toBe(message);
    expect(seen(direct)).toHaveLength(1);
  });

  test('without anybody who confirmed goes to the asker', async () => {
    const { slack, boards } = await startBoards();
    const asked = confirmed(ORDINARY, { channel: OTHERS, askedBy: MEMBER, decidedBy: null });
    expect((await boards.show(asked, running))?.channel).toBe(slack.directOf(MEMBER));
  });

  test('that somebody deleted is posted anew', async () => {
    const { boards, seen, client } = await startBoards();
    const first = await boards.show(inGeneral, running);
    await client.chat.delete({ channel: GENERAL, ts: first?.ts ?? '' });
    const second = await boards.show({ ...inGeneral, message: first }, { kind: 'starting' });
    expect(second?.ts).not.toBe(first?.ts);
    expect(seen(GENERAL)).toMatchObject([{ ts: second?.ts }]);
  });

  test.each(['cant_update_message', 'edit_window_closed', 'is_archived'])(
    'that Slack will not have edited (%s) is posted anew',
    async (error) => {
      const { slack, boards, seen } = await startBoards();
      const message = await boards.show(inGeneral, running);
      slack.fail('chat.update', { error });
      expect((await boards.show({ ...inGeneral, message }, running))?.ts).not.toBe(message?.ts);
      expect(seen(GENERAL)).toHaveLength(2);
    },
  );

  test.each([{ error: 'fatal_error' }, { error: 'ratelimited' }, { httpStatus: 503 }])(
    'that fails otherwise (%j) is an error, and nothing is posted besides',
    async (fault) => {
      const { slack, boards, seen } = await startBoards();
      const message = await boards.show(inGeneral, running);
      slack.fail('chat.update', fault);
      await expect(boards.show({ ...inGeneral, message }, running)).rejects.toThrow();
      slack.fail('chat.postMessage', fault);
      await expect(boards.show(inGeneral, running)).rejects.toThrow();
      expect(seen(GENERAL)).toHaveLength(1);
      expect(seen(slack.directOf(ADMIN))).toEqual([]);
    },
  );
});

test.each(['invalid_auth', 'invalid_blocks', 'user_disabled'])(
  'progress that Slack refuses (%s) is nothing but a warning: others may be taken',
  async (error) => {
    const { slack, boards, seen, warnings } = await startBoards();
    const ended = confirmed(ORDINARY, { channel: GENERAL });
    slack.fail('chat.postMessage', { error });
    expect(await boards.show(ended, { kind: 'ended' })).toBeNull();
    expect(warnings).toMatchObject([{ migration: ended.id, err: { data: { error } } }]);
    expect(seen(GENERAL)).toEqual([]);
  },
);

describe('a question', () => {
  const question = migration(ORDINARY, { channel: GENERAL });

  test('is posted in its channel and closed there, its buttons gone', async () => {
    const { boards, seen } = await startBoards();
    const posted = await boards.post(question, credential(ORDINARY));
    expect(seen(GENERAL)[0]?.text).toContain('A second person has to confirm');
    expect(JSON.stringify(seen(GENERAL)[0]?.blocks)).toContain('confirm_production');
    await boards.close({ ...question, questionMessage: posted, state: 'expired' }, null);
    expect(seen(GENERAL)).toMatchObject([{ ts: posted?.ts, text: expect.stringContaining('lapsed') }]);
    expect(JSON.stringify(seen(GENERAL)[0]?.blocks)).not.toContain('confirm_production');
  });

  test.each(NOT_JOINED)('for a channel that is %s is not posted', async (_, channel) => {
    const { boards, slack } = await startBoards();
    expect(await boards.post({ ...question, channel }, credential(ORDINARY))).toBeNull();
    expect(slack.calls).toHaveLength(1);
  });

  test('that Slack fails to take otherwise is an error', async () => {
    const { boards, slack } = await startBoards();
    slack.fail('chat.postMessage', { error: 'fatal_error' });
    await expect(boards.post(question, credential(ORDINARY))).rejects.toThrow('fatal_error');
  });

  test('to the asker alone is replaced by whoever pressed, and else added to', async () => {
    const { boards, slack } = await startBoards();
    const pressed = await responseUrl();
    const asked = await responseUrl();
    const closed: Migration = { ...question, state: 'cancelled', responseUrl: asked.url };
    await boards.close(closed, pressed.url);
    expect(pressed.taken).toMatchObject([
      { replace_original: true, text: expect.stringContaining('cancelled') },
    ]);
    expect(asked.taken).toEqual([]);
    await boards.close(closed, null);
    expect(asked.taken).toMatchObject([{ replace_original: false, response_type: 'ephemeral' }]);
    await boards.close({ ...closed, responseUrl: null }, null);
    expect(slack.calls).toEqual([]);
  });

  test('that cannot be closed in Slack is a warning without the address', async () => {
    const { boards, slack, warnings } = await startBoards();
    const gone = await serve((_, res) => res.writeHead(404).end());
    slack.fail('chat.update', { error: 'message_not_found' });
    await boards.close({ ...question, questionMessage: { channel: GENERAL, ts: '1.1' } }, null);
    await boards.close(question, gone);
    expect(warnings).toMatchObject([
      { migration: question.id },
      { migration: question.id, err: new Error('Slack did not take an answer: HTTP 404') },
    ]);
  });
});
