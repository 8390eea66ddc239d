import { expect, test } from 'vitest';
import { textMessage } from '../../src/slack/messages/blocks.ts';
import { REDIRECTS, startStranger } from '../support/stranger.ts';
import { messengerAt, serve, webClient } from './setup.ts';
import { start } from './socket-setup.ts';

test('the bot token and posted data go only to Slack, however Slack redirects', async () => {
  const stranger = await startStranger();
  for (const status of REDIRECTS) {
    let calls = 0;
    const location = `${stranger.url}/api/chat.postMessage`;
    const apiUrl = await serve((request, response) => {
      calls += 1;
      request.resume();
      response.writeHead(status, { location }).end();
    });
    await expect(messengerAt(apiUrl).messenger.send('U1', textMessage('Hello'))).rejects.toThrow();
    await expect(webClient(apiUrl).auth.test()).rejects.toThrow();
    await expect(messengerAt(apiUrl).messenger.respond(`${apiUrl}1`, textMessage('Hello'))).rejects.toThrow();
    expect(calls, String(status)).toBe(3);
  }
  expect(stranger.got).toEqual([]);
});

test('the app token goes only to Slack: no redirect is followed, and the address of a socket does not receive the token', async () => {
  const stranger = await startStranger();
  const headers = { location: `${stranger.url}/elsewhere` };
  const redirects = REDIRECTS.map((api) => ({ api, body: {}, headers }));
  // A socket whose address leads elsewhere, directly or by a redirect.
  const redirecting = await serve((_, response) => response.writeHead(307, headers).end());
  const addresses = [`ws://${stranger.host}/socket`, redirecting.replace('http', 'ws')].map((url) => ({
    api: 200,
    body: { ok: true, url },
  }));
  const { connected, server } = await start([...redirects, ...addresses]);
  await connected();
  expect(server.tries).toBe(REDIRECTS.length + addresses.length + 1);
  expect(stranger.got).toEqual([expect.stringMatching(/^GET\n\/socket\n/)]);
  expect(stranger.got[0]).not.toMatch(/xapp|xoxb|authorization|cookie/i);
});
