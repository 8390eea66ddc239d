import { describe, expect, test } from 'vitest';
import {
  ADMIN,
  APP_TOKEN,
  BOT_TOKEN,
  button,
  call,
  GENERAL,
  section,
  startSlack,
  startSocketBolt,
} from './slack-bolt.ts';

describe('Socket Mode', () => {
  test('Socket Mode delivers commands, presses and events, and accepts responses', async () => {
    const { slack, apiUrl } = await startSlack();
    await startSocketBolt(slack, apiUrl, (app) => {
      app.command('/qs-creds', async ({ ack, command }) => ack(`You said ${command.text}`));
      app.event('app_home_opened', async ({ event, client }) => {
        const blocks = [section('Home'), { type: 'actions', elements: [button('go', '1')] }];
        await client.apiCall('views.publish', { user_id: event.user, view: { type: 'home', blocks } });
      });
      app.action('go', async ({ ack, client, body }) => {
        await ack();
        await client.chat.postMessage({ channel: body.user.id, text: 'Gone' });
      });
      app.options('find', ({ ack }) => ack({ options: [] }));
    });

    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ status: 200 });
    expect(slack.messagesSeenBy(ADMIN, GENERAL)).toMatchObject([{ text: 'You said list', ephemeral: true }]);
    expect(await slack.openHome(ADMIN)).toMatchObject({ status: 200 });
    await slack.waitFor(() => slack.homeOf(ADMIN));
    await slack.press(ADMIN, 'home', 'go');
    await slack.waitFor(() => slack.messagesSeenBy(ADMIN, slack.directOf(ADMIN))[0]?.text === 'Gone');
    expect(slack.rejected).toEqual([]);
  });

  test('a plain acknowledgement over Socket Mode posts nothing', async () => {
    const { slack, apiUrl } = await startSlack();
    await startSocketBolt(slack, apiUrl, (app) => app.command('/qs-creds', ({ ack }) => ack()));
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ status: 200 });
    expect(slack.messagesSeenBy(ADMIN, GENERAL)).toEqual([]);
    expect(slack.rejected).toEqual([]);
  });

  test('a command over Socket Mode times out without an acknowledgement', async () => {
    const { slack, apiUrl } = await startSlack({ ackLimitMs: 50 });
    await startSocketBolt(slack, apiUrl, (app) => app.command('/qs-creds', async () => {}));
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ error: 'operation_timeout' });
  });

  test('the app reconnects after Slack disconnects it', async () => {
    const { slack, apiUrl } = await startSlack();
    await startSocketBolt(slack, apiUrl, (app) => app.command('/qs-creds', ({ ack }) => ack('Here')));
    slack.disconnectSockets();
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ error: 'dispatch_failed' });
    await slack.waitFor(() => slack.socketConnections === 1, { what: 'the app to reconnect' });
    expect(await slack.command(ADMIN, GENERAL, 'list')).toMatchObject({ status: 200 });
  });

  test('a connection needs the app token and an unused ticket, all other methods the bot token', async () => {
    const { apiUrl } = await startSlack();
    const open = 'apps.connections.open';
    expect(await call(apiUrl, open, {}, BOT_TOKEN)).toMatchObject({ error: 'not_allowed_token_type' });
    expect(await call(apiUrl, 'auth.test', {}, APP_TOKEN)).toMatchObject({ error: 'not_allowed_token_type' });
    const { url } = await call(apiUrl, open, {}, APP_TOKEN);
    const firstMessage = (address: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(address);
        socket.onmessage = ({ data }) => resolve(JSON.parse(data).type);
        socket.onerror = () => resolve('rejected');
      });
    expect(await firstMessage(String(url))).toBe('hello');
    expect(await firstMessage(String(url))).toBe('rejected');
  });
});
