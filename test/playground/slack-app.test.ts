import type { BlockAction } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { ADMIN, button, GENERAL, GUEST, LEFT, MEMBER, section, startBolt, startSlack } from './slack-bolt.ts';

describe('slash commands', () => {
  test('a slash command is acknowledged, and its reply is seen by that person only', async () => {
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

  test('a command reaches the app with its text escaped, and mentions, channels and links marked', async () => {
    const { slack, apiUrl } = await startSlack();
    await startBolt(slack, apiUrl, (app) => app.command('/qs-creds', ({ ack, command }) => ack(`<${command.text}>`)));
    await slack.command(
      ADMIN,
      GENERAL,
      'a <b> & @admin #general x@example.com etl.example.com https://a.example/?b&c @no #no',
    );
    const { text } = await slack.waitFor(() => slack.messagesSeenBy(ADMIN, GENERAL)[0]);
    expect(text).toBe(
      `<a &lt;b&gt; &amp; <@${ADMIN}|admin> <#${GENERAL}|general> <mailto:x@example.com|x@example.com> <http://etl.example.com|etl.example.com> <https://a.example/?b&amp;c> @no #no>`,
    );
  });

  test('the body of an acknowledgement is posted as the reply to a command', async () => {
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

  test('a command times out when the app does not acknowledge it', async () => {
    const { slack, apiUrl } = await startSlack({ ackLimitMs: 50 });
    await startBolt(slack, apiUrl, (app) => app.command('/qs-creds', async () => {}));
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ status: 0, error: 'operation_timeout' });
  });

  test('a command fails when the app is not listening', async () => {
    const { slack } = await startSlack();
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ error: 'dispatch_failed' });
    slack.appUrl = 'http://127.0.0.1:1/slack/events';
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ error: 'dispatch_failed' });
  });

  test('rejects a command from outside the channel, from a deactivated user, or with another name', async () => {
    const { slack } = await startSlack();
    await expect(slack.command(GUEST, GENERAL, 'list')).rejects.toThrow('not in');
    await expect(slack.command(LEFT, slack.directOf(LEFT), 'list')).rejects.toThrow('deactivated');
    await expect(slack.command(ADMIN, GENERAL, '/other list')).rejects.toThrow('not a valid command');
  });
});

describe('requests', () => {
  test('Bolt rejects a request whose signature is forged or old', async () => {
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

  test('a request can be replayed and marked as a retry', async () => {
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

  test('verifying the URL returns the challenge', async () => {
    const { slack, apiUrl } = await startSlack();
    await startBolt(slack, apiUrl, () => {});
    expect(JSON.stringify((await slack.verifyUrl()).body)).toContain('challenge');
  });
});

describe('presses', () => {
  test('a press carries the message, the element and the person', async () => {
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

  test('a press on an ephemeral message carries no message, and only its recipient can press', async () => {
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
    const posted = await app.client.chat.postEphemeral({ channel: GENERAL, user: ADMIN, text: 'psst', blocks });
    const place = { channel: GENERAL, ts: String(posted.message_ts) };

    await expect(slack.press(MEMBER, place, 'go')).rejects.toThrow('sees no message');
    await slack.press(ADMIN, place, 'go');

    expect(bodies[0]).toMatchObject({ container: { is_ephemeral: true } });
    expect(bodies[0]).not.toHaveProperty('message');
    await slack.waitFor(() => slack.messagesSeenBy(ADMIN, GENERAL).length === 0);
  });

  test('a menu accepts only the options it offers', async () => {
    const { slack, apiUrl } = await startSlack();
    const chosen: unknown[] = [];
    const app = await startBolt(slack, apiUrl, (bolt) => {
      bolt.action({ type: 'block_actions' }, async ({ ack, action, body }) => {
        chosen.push('selected_option' in action ? action.selected_option : action, body.state?.values);
        await ack();
      });
      bolt.options('find', ({ ack, options }) =>
        ack({ options: [{ text: { type: 'plain_text', text: `Like ${options.value}` }, value: options.value }] }),
      );
    });
    const option = (value: string) => ({ text: { type: 'plain_text', text: value.toUpperCase() }, value });
    const elements = [
      { type: 'static_select', action_id: 'pick', options: [option('a'), option('b')] },
      { type: 'external_select', action_id: 'find' },
      { type: 'overflow', action_id: 'more', options: [option('c')] },
      { type: 'multi_static_select', action_id: 'several', options: [option('a'), option('b')], max_selected_items: 1 },
    ];
    const blocks = [{ type: 'actions', block_id: 'menus', elements }];
    await app.client.apiCall('chat.postMessage', { channel: GENERAL, text: 'x', blocks });
    const place = { channel: GENERAL, ts: slack.messagesSeenBy(ADMIN, GENERAL)[0]?.ts ?? '' };

    await expect(slack.press(ADMIN, place, 'pick', { selected: 'z' })).rejects.toThrow('no option "z"');
    await expect(slack.press(ADMIN, place, 'find', { selected: 'ab' })).rejects.toThrow('no option "ab"');
    await expect(slack.press(ADMIN, place, 'several', { selected: ['a', 'b'] })).rejects.toThrow('more than 1 chosen');
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

  test('a press can be forged with any value in any container', async () => {
    const { slack, apiUrl } = await startSlack();
    const bodies: unknown[] = [];
    await startBolt(slack, apiUrl, (bolt) => {
      bolt.action('migrate', async ({ ack, body }) => {
        bodies.push(body);
        await ack();
      });
    });
    await slack.forgePress('U0UNKNOWN1', { action_id: 'migrate', value: 'foreign' }, { container: { type: 'x' } });
    expect(bodies).toMatchObject([
      { user: { id: 'U0UNKNOWN1' }, container: { type: 'x' }, actions: [{ value: 'foreign' }] },
    ]);
  });
});

describe('the Home', () => {
  test('the Home is published when a person opens it, and its buttons can be pressed', async () => {
    const { slack, apiUrl } = await startSlack();
    const received: unknown[] = [];
    await startBolt(slack, apiUrl, (app) => {
      app.event('app_home_opened', async ({ event, client }) => {
        received.push({ tab: event.tab, view: event.view });
        const blocks = [section(`Hello ${event.user}`), { type: 'actions', elements: [button('go', '1')] }];
        await client.apiCall('views.publish', { user_id: event.user, view: { type: 'home', blocks } });
      });
      app.action<BlockAction>('go', async ({ ack, body }) => {
        received.push(body.container['type']);
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
    expect(received).toMatchObject([{ tab: 'home', view: undefined }, 'view', { view: { id: home.id } }]);
    await expect(slack.press(MEMBER, 'home', 'go')).rejects.toThrow('does not have a Home');
  });
});

describe('waits', () => {
  test('a wait that times out shows the messages and calls so far', async () => {
    const { slack, apiUrl } = await startSlack();
    const app = await startBolt(slack, apiUrl, () => {});
    await app.client.chat.postMessage({ channel: GENERAL, text: 'something else' });
    const waiting = slack.waitFor(() => false, { timeoutMs: 20, what: 'the card' });
    await expect(waiting).rejects.toThrow(/waiting for the card.*something else.*chat\.postMessage ok/s);
  });
});
