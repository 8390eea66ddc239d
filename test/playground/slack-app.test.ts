import type { BlockAction } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { ADMIN, button, GENERAL, GUEST, LEFT, MEMBER, section, startBolt, startSlack } from './slack-bolt.ts';

describe('a slash command', () => {
  it('is acknowledged and answered, for the person alone', async () => {
    const { slack, apiUrl } = await startSlack();
    await startBolt(slack, apiUrl, (app) => {
      app.command('/qs-creds', async ({ ack, respond, command }) => {
        await ack();
        await respond(`${command.user_name} of ${command.channel_name} said ${command.text}`);
      });
    });

    const sent = await slack.command(ADMIN, GENERAL, '/qs-creds  list all ');

    expect(sent).toMatchObject({ status: 200 });
    expect(sent.error).toBeUndefined();
    const seen = await slack.waitFor(() => slack.messagesSeenBy(ADMIN, GENERAL)[0]);
    expect(seen).toMatchObject({ text: 'admin of general said list all', ephemeral: true, isBot: true });
    expect(slack.messagesSeenBy(MEMBER, GENERAL)).toEqual([]);
    expect(slack.rejected).toEqual([]);
  });

  it('is answered by the body of the acknowledgement', async () => {
    const { slack, apiUrl } = await startSlack();
    await startBolt(slack, apiUrl, (app) => {
      app.command('/qs-creds', ({ ack, command }) =>
        command.text === 'all' ? ack({ response_type: 'in_channel', text: 'for all' }) : ack('for you'),
      );
    });

    await slack.command(ADMIN, GENERAL, 'me');
    await slack.command(ADMIN, GENERAL, 'all');

    expect(slack.messagesSeenBy(ADMIN, GENERAL).map((m) => m.text)).toEqual(['for you', 'for all']);
    expect(slack.messagesSeenBy(MEMBER, GENERAL).map((m) => m.text)).toEqual(['for all']);
  });

  it('times out when the app does not acknowledge', async () => {
    const { slack, apiUrl } = await startSlack({ ackLimitMs: 50 });
    await startBolt(slack, apiUrl, (app) => app.command('/qs-creds', async () => {}));
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({
      status: 0,
      error: 'operation_timeout',
    });
  });

  it('says so when nobody listens', async () => {
    const { slack } = await startSlack();
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ error: 'dispatch_failed' });
    slack.appUrl = 'http://127.0.0.1:1/slack/events';
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ error: 'dispatch_failed' });
  });

  it('cannot be given from elsewhere, by somebody gone, or by another name', async () => {
    const { slack } = await startSlack();
    await expect(slack.command(GUEST, GENERAL, 'list')).rejects.toThrow('not in');
    await expect(slack.command(LEFT, slack.directOf(LEFT), 'list')).rejects.toThrow('deactivated');
    await expect(slack.command(ADMIN, GENERAL, '/other list')).rejects.toThrow('not a valid command');
  });
});

describe('a request', () => {
  it('is refused by Bolt when its signature is forged or old', async () => {
    const { slack, apiUrl } = await startSlack();
    await startBolt(slack, apiUrl, (app) => app.command('/qs-creds', ({ ack }) => ack('reached')));
    const old = String(Math.floor(Date.now() / 1000) - 3600);

    expect(await slack.command(ADMIN, GENERAL, '', { signature: 'v0=00' })).toMatchObject({
      status: 401,
      error: 'dispatch_failed',
    });
    expect(await slack.command(ADMIN, GENERAL, '', { timestamp: old })).toMatchObject({ status: 401 });
    expect(slack.messagesSeenBy(ADMIN, GENERAL)).toEqual([]);
    expect(await slack.command(ADMIN, GENERAL, '')).toMatchObject({ status: 200 });
  });

  it('can be replayed, and marked as retried', async () => {
    const { slack, apiUrl } = await startSlack();
    const commands: string[] = [];
    await startBolt(slack, apiUrl, (app) => {
      app.command('/qs-creds', async ({ ack, command, context }) => {
        commands.push(`${command.trigger_id} ${context.retryNum}`);
        await ack();
      });
    });

    await slack.command(ADMIN, GENERAL, '', { retry: true });
    expect(await slack.replay()).toMatchObject({ status: 200 });

    expect(commands).toHaveLength(2);
    expect(commands[1]).toBe(commands[0]);
    expect(commands[0]).toMatch(/ 1$/);
  });

  it('asks for the challenge back', async () => {
    const { slack, apiUrl } = await startSlack();
    await startBolt(slack, apiUrl, () => {});
    expect(JSON.stringify((await slack.verifyUrl()).body)).toContain('challenge');
  });
});

describe('a press', () => {
  it('carries what Slack tells of a message, its element and the person', async () => {
    const { slack, apiUrl } = await startSlack();
    const bodies: unknown[] = [];
    const app = await startBolt(slack, apiUrl, (bolt) => {
      bolt.action('migrate', async ({ ack, body, respond }) => {
        bodies.push(body);
        await ack();
        await respond({ replace_original: true, text: 'Done' });
      });
    });
    const blocks = [
      section('Two'),
      { type: 'actions', elements: [button('migrate', 'one'), button('other', 'x')] },
      { type: 'section', text: { type: 'mrkdwn', text: 'b' }, accessory: button('migrate', 'two') },
    ];
    const { ts } = await app.client.chat.postMessage({ channel: GENERAL, text: 'Two', blocks });
    const place = { channel: GENERAL, ts: String(ts) };

    await expect(slack.press(ADMIN, place, 'migrate')).rejects.toThrow('2 elements');
    await expect(slack.press(ADMIN, place, 'absent')).rejects.toThrow('migrate=one, other=x, migrate=two');
    await expect(slack.press(GUEST, place, 'other')).rejects.toThrow('sees no message');
    await slack.press(MEMBER, place, 'migrate', { value: 'two' });

    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatchObject({
      type: 'block_actions',
      team: { id: 'T0LOCAL001', domain: 'local' },
      user: { id: MEMBER, username: 'member' },
      container: { type: 'message', message_ts: ts, channel_id: GENERAL, is_ephemeral: false },
      channel: { id: GENERAL, name: 'general' },
      message: { ts, text: 'Two', bot_id: 'B0LOCAL001' },
      is_enterprise_install: false,
      actions: [{ type: 'button', action_id: 'migrate', value: 'two', text: { text: 'Press' } }],
    });
    await slack.waitFor(() => slack.messagesSeenBy(ADMIN, GENERAL)[0]?.text === 'Done');
    expect(slack.messagesSeenBy(ADMIN, GENERAL)).toMatchObject([{ ts, edited: true, blocks: [] }]);
  });

  it('on an ephemeral message sends no message, and only the person can do it', async () => {
    const { slack, apiUrl } = await startSlack();
    const bodies: unknown[] = [];
    const app = await startBolt(slack, apiUrl, (bolt) => {
      bolt.action('go', async ({ ack, body, respond }) => {
        bodies.push(body);
        await ack();
        await respond({ delete_original: true });
      });
    });
    const blocks = [{ type: 'actions', elements: [button('go', '1')] }];
    const posted = await app.client.chat.postEphemeral({
      channel: GENERAL,
      user: ADMIN,
      text: 'psst',
      blocks,
    });
    const place = { channel: GENERAL, ts: String(posted.message_ts) };

    await expect(slack.press(MEMBER, place, 'go')).rejects.toThrow('sees no message');
    await slack.press(ADMIN, place, 'go');

    expect(bodies[0]).toMatchObject({ container: { is_ephemeral: true } });
    expect(bodies[0]).not.toHaveProperty('message');
    await slack.waitFor(() => slack.messagesSeenBy(ADMIN, GENERAL).length === 0);
  });

  it('chooses only what a menu offers', async () => {
    const { slack, apiUrl } = await startSlack();
    const chosen: unknown[] = [];
    const app = await startBolt(slack, apiUrl, (bolt) => {
      bolt.action({ type: 'block_actions' }, async ({ ack, action, body }) => {
        chosen.push('selected_option' in action ? action.selected_option : action, body.state?.values);
        await ack();
      });
      bolt.options('find', ({ ack, options }) =>
        ack({
          options: [{ text: { type: 'plain_text', text: `Like ${options.value}` }, value: options.value }],
        }),
      );
    });
    const option = (value: string) => ({ text: { type: 'plain_text', text: value.toUpperCase() }, value });
    const elements = [
      { type: 'static_select', action_id: 'pick', options: [option('a'), option('b')] },
      { type: 'external_select', action_id: 'find' },
      { type: 'overflow', action_id: 'more', options: [option('c')] },
    ];
    const blocks = [{ type: 'actions', block_id: 'menus', elements }];
    await app.client.apiCall('chat.postMessage', { channel: GENERAL, text: 'x', blocks });
    const place = { channel: GENERAL, ts: slack.messagesSeenBy(ADMIN, GENERAL)[0]?.ts ?? '' };

    await expect(slack.press(ADMIN, place, 'pick', { selected: 'z' })).rejects.toThrow('no option "z"');
    await expect(slack.press(ADMIN, place, 'find', { selected: 'ab' })).rejects.toThrow('no option "ab"');
    await slack.press(ADMIN, place, 'pick', { selected: 'b' });
    const suggested = await slack.suggest(ADMIN, place, 'find', 'ab');
    await slack.press(ADMIN, place, 'find', { selected: 'ab' });
    await slack.press(ADMIN, place, 'more', { selected: 'c' });

    expect(suggested.options).toEqual([{ text: 'Like ab', value: 'ab' }]);
    expect(chosen).toMatchObject([
      option('b'),
      { menus: { pick: { selected_option: option('b') }, find: { selected_option: null } } },
      { value: 'ab' },
      { menus: { pick: { selected_option: option('b') }, find: { selected_option: { value: 'ab' } } } },
      option('c'),
      {},
    ]);
  });

  it('can be forged with any value in any place', async () => {
    const { slack, apiUrl } = await startSlack();
    const bodies: unknown[] = [];
    await startBolt(slack, apiUrl, (bolt) => {
      bolt.action('migrate', async ({ ack, body }) => {
        bodies.push(body);
        await ack();
      });
    });
    await slack.forgePress(
      'U0NOBODY01',
      { action_id: 'migrate', value: 'foreign' },
      { container: { type: 'x' } },
    );
    expect(bodies).toMatchObject([
      { user: { id: 'U0NOBODY01' }, container: { type: 'x' }, actions: [{ value: 'foreign' }] },
    ]);
  });
});

describe('the Home', () => {
  it('is published when the person opens it, and can be pressed on', async () => {
    const { slack, apiUrl } = await startSlack();
    const heard: unknown[] = [];
    await startBolt(slack, apiUrl, (app) => {
      app.event('app_home_opened', async ({ event, client }) => {
        heard.push({ tab: event.tab, view: event.view });
        const blocks = [section(`Hello ${event.user}`), { type: 'actions', elements: [button('go', '1')] }];
        await client.apiCall('views.publish', { user_id: event.user, view: { type: 'home', blocks } });
      });
      app.action<BlockAction>('go', async ({ ack, body }) => {
        heard.push(body.container['type']);
        await ack();
      });
    });

    expect(slack.homeOf(ADMIN)).toBeNull();
    expect(await slack.openHome(ADMIN)).toMatchObject({ status: 200 });
    const home = await slack.waitFor(() => slack.homeOf(ADMIN));
    expect(JSON.stringify(home.blocks)).toContain(`Hello ${ADMIN}`);
    await slack.press(ADMIN, 'home', 'go');
    await slack.openHome(ADMIN);
    await slack.waitFor(() => slack.calls.filter((c) => c.method === 'views.publish').length === 2);
    expect(heard).toMatchObject([{ tab: 'home', view: undefined }, 'view', { view: { id: home.id } }]);
    await expect(slack.press(MEMBER, 'home', 'go')).rejects.toThrow('does not have a Home');
  });
});

describe('waiting', () => {
  it('fails with what there is to see instead', async () => {
    const { slack, apiUrl } = await startSlack();
    const app = await startBolt(slack, apiUrl, () => {});
    await app.client.chat.postMessage({ channel: GENERAL, text: 'something else' });
    const waiting = slack.waitFor(() => false, { timeoutMs: 20, what: 'the card' });
    await expect(waiting).rejects.toThrow(/in vain for the card.*something else.*chat\.postMessage ok/s);
  });
});
