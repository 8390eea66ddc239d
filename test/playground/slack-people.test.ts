import type { ModalView } from '@slack/types';
import { describe, expect, test } from 'vitest';
import type { PageAction, PageActionResult, PageConversation, PageState } from '../../playground/slack/contract.ts';
import type { LocalSlackOptions } from '../../playground/slack/options.ts';
import { ADMIN, button, call, GENERAL, MEMBER, startBolt, startSlack } from './slack-bolt.ts';

async function startPage(options: Partial<LocalSlackOptions> = {}) {
  const started = await startSlack(options);
  const { url } = started;
  const state = async (user: string): Promise<PageState> =>
    JSON.parse(await (await fetch(`${url}/playground/state?user=${user}`)).text());
  const general = async (user: string): Promise<PageConversation | undefined> =>
    (await state(user)).conversations.find(({ id }) => id === GENERAL);
  const perform = async (what: PageAction): Promise<PageActionResult> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(what);
    return JSON.parse(await (await fetch(`${url}/playground/action`, { method: 'POST', headers, body })).text());
  };
  return { ...started, state, general, perform };
}

describe('messages of people', () => {
  test('people send messages to channels and to the app, as plain text', async () => {
    const { slack, perform, general, state } = await startPage();
    const said = { kind: 'message', user: ADMIN, channel: GENERAL, text: ' <!channel> *a* & <@U1> ' } as const;

    expect(await perform(said)).toEqual({ ok: true });
    expect((await general(MEMBER))?.messages).toMatchObject([
      { userId: ADMIN, isBot: false, text: '&lt;!channel&gt; *a* &amp; &lt;@U1&gt;', threadTs: null },
    ]);
    await perform({ ...said, channel: slack.directOf(ADMIN), text: 'Hello' });
    expect((await state(ADMIN)).conversations.at(-1)?.messages).toMatchObject([{ text: 'Hello' }]);

    expect(await perform({ ...said, text: '  ' })).toEqual({ ok: false, error: 'a message cannot be empty' });
    expect(await perform({ ...said, user: 'U0GUEST001' })).toMatchObject({ ok: false });
    expect(await perform({ ...said, channel: slack.directOf(MEMBER) })).toMatchObject({ ok: false });
  });

  test('the app cannot edit a message of a person', async () => {
    const { slack, apiUrl } = await startPage();
    const { ts } = slack.sendMessage(ADMIN, GENERAL, 'Mine');
    const update = await call(apiUrl, 'chat.update', { channel: GENERAL, ts, text: 'Not yours' });
    expect(update.error).toBe('cant_update_message');
  });

  test('people reply in threads, and the app can post there as well', async () => {
    const { slack, apiUrl, perform, general } = await startPage();
    const { ts } = slack.state.post({ channel: GENERAL, text: 'Parent', blocks: [] });
    const reply = { kind: 'message', user: MEMBER, channel: GENERAL, text: 'Reply', threadTs: ts } as const;
    expect(await perform(reply)).toEqual({ ok: true });
    const first = (await general(ADMIN))?.messages[1];
    await perform({ ...reply, text: 'To the reply', threadTs: first?.ts ?? '' });
    await call(apiUrl, 'chat.postMessage', { channel: GENERAL, thread_ts: ts, text: 'Of the app' });

    expect((await general(ADMIN))?.messages.slice(1)).toMatchObject([
      { text: 'Reply', threadTs: ts },
      { text: 'To the reply', threadTs: ts },
      { text: 'Of the app', threadTs: ts, isBot: true },
    ]);
    expect(await perform({ ...reply, threadTs: '1.000001' })).toMatchObject({ ok: false });
    const hidden = slack.state.post({ channel: GENERAL, text: 'Hidden', blocks: [], onlyFor: MEMBER });
    expect(await perform({ ...reply, threadTs: hidden.ts })).toMatchObject({ ok: false });
  });

  test('an unknown command and a command in a thread are explained to the person', async () => {
    const { perform } = await startPage();
    const command = { kind: 'command', user: ADMIN, channel: GENERAL, text: '/foo bar' } as const;
    expect(await perform(command)).toMatchObject({ error: expect.stringContaining('/foo is not a valid command.') });
    expect(await perform({ ...command, text: '/qs-creds list', threadTs: '1.000001' })).toEqual({
      ok: false,
      error: '/qs-creds is not supported in threads. Sorry!',
    });
  });
});

describe('unread messages', () => {
  test('messages of others are unread until the person reads the conversation', async () => {
    const { slack, perform, general } = await startPage();
    const read = (user: string) => perform({ kind: 'read', user, channel: GENERAL });
    const unread = async (user: string) => (await general(user))?.unread;
    const first = slack.state.post({ channel: GENERAL, text: 'One', blocks: [] });
    slack.sendMessage(ADMIN, GENERAL, 'Two');
    expect(await general(ADMIN)).toMatchObject({ unread: 1, firstUnread: first.ts });
    expect(await unread(MEMBER)).toBe(2);

    await read(ADMIN);
    expect(await general(ADMIN)).toMatchObject({ unread: 0, firstUnread: null });
    expect(await unread(MEMBER)).toBe(2);

    slack.state.editMessage(first, { text: 'One, edited' });
    slack.state.post({ channel: GENERAL, text: 'Whispered', blocks: [], onlyFor: ADMIN });
    slack.sendMessage(MEMBER, GENERAL, 'In the thread', first.ts);
    expect(await unread(ADMIN)).toBe(0);
    const next = slack.sendMessage(MEMBER, GENERAL, 'Three');
    expect(await general(ADMIN)).toMatchObject({ unread: 1, firstUnread: next.ts });
  });

  test('reading a conversation without unread messages changes nothing', async () => {
    const { slack } = await startPage();
    slack.state.post({ channel: GENERAL, text: 'One', blocks: [] });
    slack.read(ADMIN, GENERAL);
    const { version } = slack.state;
    slack.read(ADMIN, GENERAL);
    expect(slack.state.version).toBe(version);
  });
});

describe('page state', () => {
  test('the page state has the workspace clock, the command and its completions', async () => {
    const shownApp = {
      commandDescription: 'Shows what there is',
      usageHint: 'list | help',
      isMessagesTabReadOnly: true,
    };
    const { clock, state } = await startPage({ shownApp });
    clock.advanceMs(86_400_000);
    const expected = { now: '2025-05-02T09:00:00.000Z', command: '/qs-creds', ...shownApp };
    expect(await state(ADMIN)).toMatchObject(expected);
  });
});

describe('presses in a modal', () => {
  const text = (value: string) => ({ type: 'plain_text', text: value }) as const;
  const modal: ModalView = {
    type: 'modal',
    callback_id: 'form',
    title: text('A form'),
    submit: text('Send'),
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: text('Reason'),
        element: { type: 'plain_text_input', action_id: 'text', min_length: 5 },
      },
      { type: 'actions', block_id: 'row', elements: [button('check', '1')] },
    ],
  };

  test('a press in a modal carries the inputs so far, which survive an update', async () => {
    const { slack, apiUrl, perform } = await startPage();
    const received: unknown[] = [];
    await startBolt(slack, apiUrl, (app) => {
      app.command('/qs-creds', async ({ ack, client, body }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: modal });
      });
      app.action('check', async ({ ack, body, client }) => {
        await ack();
        if (body.type !== 'block_actions' || body.view === undefined) return;
        received.push(body.view.state.values['reason']?.['text']?.value);
        await client.views.update({ view_id: body.view.id, view: { ...modal, title: text('Checked') } });
      });
    });
    await slack.command(ADMIN, GENERAL, 'open');
    const { viewId } = await slack.waitFor(() => slack.modalOf(ADMIN), { what: 'the modal' });
    const values = { reason: { text: { type: 'plain_text_input', value: 'half' } } };
    const press = { kind: 'press', user: ADMIN, container: { viewId }, blockId: 'row' } as const;

    expect(await perform({ ...press, actionId: 'check', values })).toEqual({ ok: true });
    const { view } = await slack.waitFor(
      () => slack.modalOf(ADMIN)?.view.title.text === 'Checked' && slack.modalOf(ADMIN),
    );
    expect(received).toEqual(['half']);
    expect(view.state.values).toEqual(values);
    await expect(slack.submit(ADMIN, viewId)).rejects.toThrow('shorter than 5');
  });
});
