import type { ViewClosedAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { ADMIN, GENERAL, MEMBER, startBolt, startSlack } from './slack-bolt.ts';

const modal: ModalView = {
  type: 'modal',
  callback_id: 'form',
  private_metadata: 'kept',
  title: { type: 'plain_text', text: 'A form' },
  submit: { type: 'plain_text', text: 'Send' },
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: { type: 'plain_text', text: 'Reason' },
      element: { type: 'plain_text_input', action_id: 'text', max_length: 10 },
    },
  ],
};

describe('modals', () => {
  test('a modal opens, shows errors, is submitted, and notifies the app when it is closed', async () => {
    const { slack, apiUrl } = await startSlack();
    const received: unknown[] = [];
    await startBolt(slack, apiUrl, (app) => {
      app.command('/qs-creds', async ({ ack, client, body }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: { ...modal, notify_on_close: true } });
      });
      app.view('form', async ({ ack, view }) => {
        const text = view.state.values['reason']?.['text']?.value;
        received.push([text, view.private_metadata]);
        await (text === 'bad' ? ack({ response_action: 'errors', errors: { reason: 'Not this.' } }) : ack());
      });
      app.view<ViewClosedAction>({ type: 'view_closed', callback_id: 'form' }, async ({ ack, body }) => {
        received.push(body.is_cleared);
        await ack();
      });
    });

    await slack.command(ADMIN, GENERAL, 'open');
    const { viewId, view } = await slack.waitFor(() => slack.modalOf(ADMIN), { what: 'the modal' });
    expect(view.title.text).toBe('A form');
    expect(slack.modalOf(MEMBER)).toBeNull();

    await expect(slack.submit(ADMIN, viewId)).rejects.toThrow('inputs are empty: reason');
    await expect(slack.submit(ADMIN, viewId, { reason: { text: 'x'.repeat(11) } })).rejects.toThrow('longer');
    await expect(slack.submit(ADMIN, viewId, { other: { text: 'x' } })).rejects.toThrow('no input');
    await expect(slack.submit(MEMBER, viewId, { reason: { text: 'x' } })).rejects.toThrow('on top');

    await slack.submit(ADMIN, viewId, { reason: { text: 'bad' } });
    expect(slack.modalOf(ADMIN)?.errors).toEqual({ reason: 'Not this.' });
    await slack.submit(ADMIN, viewId, { reason: { text: { type: 'plain_text_input', value: 'good' } } });
    expect(slack.modalOf(ADMIN)).toBeNull();

    await slack.command(ADMIN, GENERAL, 'open');
    const again = await slack.waitFor(() => slack.modalOf(ADMIN));
    expect(await slack.closeView(ADMIN, again.viewId)).toMatchObject({ status: 200 });
    expect(slack.modalOf(ADMIN)).toBeNull();
    expect(received).toEqual([['bad', 'kept'], ['good', 'kept'], false]);
    expect(slack.rejected).toEqual([]);
  });

  test('a modal follows update, push and clear, and rejects invalid responses', async () => {
    const { slack, apiUrl } = await startSlack();
    const titled = (text: string) => ({ ...modal, title: { type: 'plain_text' as const, text } });
    await startBolt(slack, apiUrl, (app) => {
      app.command('/qs-creds', async ({ ack, client, body }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: modal });
      });
      app.view('form', ({ ack, view }) => {
        const text = view.state.values['reason']?.['text']?.value;
        if (text === 'update') return ack({ response_action: 'update', view: titled('Updated') });
        if (text === 'push') return ack({ response_action: 'push', view: titled('Pushed') });
        if (text === 'too long') return ack({ response_action: 'update', view: titled('x'.repeat(25)) });
        if (text === 'errors') return ack({ response_action: 'errors', errors: { nowhere: 'No.' } });
        return ack({ response_action: 'clear' });
      });
    });
    await slack.command(ADMIN, GENERAL, 'open');
    await slack.waitFor(() => slack.modalOf(ADMIN));
    const submit = (text: string) => slack.submit(ADMIN, slack.modalOf(ADMIN)?.viewId ?? '', { reason: { text } });
    const title = () => slack.modalOf(ADMIN)?.view.title.text;

    await submit('update');
    expect(title()).toBe('Updated');
    await submit('push');
    expect(title()).toBe('Pushed');
    const below = slack.state.modals.get(ADMIN)?.[0]?.id ?? '';
    await expect(slack.submit(ADMIN, below, { reason: { text: 'x' } })).rejects.toThrow('on top');
    await submit('too long');
    await submit('errors');
    expect(title()).toBe('Pushed');
    expect(slack.rejected).toEqual([
      'view_submission: update: view.title.text: longer than 24 characters (25)',
      expect.stringContaining('no input block'),
    ]);
    await slack.closeView(ADMIN, slack.modalOf(ADMIN)?.viewId ?? '');
    expect(title()).toBe('Updated');
    await submit('push');
    await submit('clear');
    expect(slack.modalOf(ADMIN)).toBeNull();
  });

  test('a modal accepts options that its external menu offered, and applies errors after an update', async () => {
    const { slack, apiUrl } = await startSlack();
    const owner = (title: string): ModalView => ({
      ...modal,
      title: { type: 'plain_text', text: title },
      blocks: [
        {
          type: 'input',
          block_id: 'owner',
          label: { type: 'plain_text', text: 'Owner' },
          element: { type: 'external_select', action_id: 'find' },
        },
      ],
    });
    const chosen: unknown[] = [];
    await startBolt(slack, apiUrl, (app) => {
      app.command('/qs-creds', async ({ ack, client, body }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: owner('Before') });
      });
      app.options('find', ({ ack, options }) =>
        ack({ options: [{ text: { type: 'plain_text', text: 'Found' }, value: options.value }] }),
      );
      app.view('form', async ({ ack, client, view }) => {
        chosen.push(view.state.values['owner']?.['find']?.selected_option?.value);
        await client.views.update({ view_id: view.id, view: owner('After') });
        await ack({ response_action: 'errors', errors: { owner: 'Choose someone else.' } });
      });
    });
    await slack.command(ADMIN, GENERAL, 'open');
    const { viewId } = await slack.waitFor(() => slack.modalOf(ADMIN));

    await expect(slack.submit(ADMIN, viewId, { owner: { find: 'ab' } })).rejects.toThrow('no option "ab"');
    await slack.suggest(ADMIN, 'modal', 'find', 'ab');
    await slack.submit(ADMIN, viewId, { owner: { find: 'ab' } });

    expect(chosen).toEqual(['ab']);
    expect(slack.modalOf(ADMIN)).toMatchObject({
      view: { title: { text: 'After' } },
      errors: { owner: 'Choose someone else.' },
    });
  });
});
