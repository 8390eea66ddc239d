import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PageAction, PageActionResult, PageState } from '../../playground/slack/contract.ts';
import { ADMIN, button, GENERAL, GUEST, LEFT, startBolt, startSlack } from './slack-bolt.ts';

async function startPage(options: { ackLimitMs?: number } = {}) {
  const pageDir = await mkdtemp(join(tmpdir(), 'page-'));
  onTestFinished(() => rm(pageDir, { recursive: true }));
  await writeFile(join(pageDir, 'index.html'), '<title>Page</title>');
  await writeFile(join(pageDir, 'app.js'), 'run()');
  await writeFile(join(pageDir, 'secret.env'), 'secret');
  const started = await startSlack({ pageDir, hints: ['Try list'], ...options });
  const { url } = started;
  const state = async (user: string): Promise<PageState> =>
    JSON.parse(await (await fetch(`${url}/playground/state?user=${user}`)).text());
  const perform = async (what: PageAction): Promise<PageActionResult> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(what);
    return JSON.parse(await (await fetch(`${url}/playground/action`, { method: 'POST', headers, body })).text());
  };
  return { ...started, state, perform };
}

/** fetch cannot set the Host header. */
function get(url: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(new URL(url), { path, headers }, (res) => {
      res.resume();
      resolve(res.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('the page', () => {
  test('the page shows the workspace as one person sees it', async () => {
    const { slack, state } = await startPage();
    slack.state.post({ channel: GENERAL, text: 'Hello', blocks: [] });
    const admin = await state(ADMIN);
    expect(admin).toMatchObject({
      workspace: 'Local Slack',
      appName: 'qs-creds',
      me: { id: ADMIN, name: 'Admin', role: 'workspace admin' },
      home: null,
      modal: null,
      hints: ['Try list'],
    });
    expect(admin.users.map((u) => u.id)).not.toContain(LEFT);
    expect(admin.conversations.find((c) => c.id === GENERAL)).toMatchObject({
      name: '#general',
      kind: 'channel',
      messages: [{ text: 'Hello', isBot: true }],
    });
    expect(admin.conversations.at(-1)).toMatchObject({ name: 'qs-creds', kind: 'direct' });
    expect((await state(GUEST)).conversations.map((c) => c.kind)).toEqual(['direct']);
    expect((await state('')).me.id).toBe(ADMIN);
  });

  test('the page acts for a person and explains what failed', async () => {
    const { slack, apiUrl, perform, state } = await startPage();
    const list: PageAction = { kind: 'command', user: ADMIN, channel: GENERAL, text: '/qs-creds list' };
    expect(await perform(list)).toEqual({ ok: false, error: '/qs-creds failed: the app cannot be reached' });
    await startBolt(slack, apiUrl, (app) => {
      app.command('/qs-creds', async ({ ack }) => {
        const actions = { type: 'actions' as const, block_id: 'row', elements: [button('go', '1')] };
        await ack({ text: 'List', blocks: [actions] });
      });
      app.action('go', async ({ ack, respond }) => {
        await ack();
        await respond('Gone');
      });
    });

    expect(await perform(list)).toEqual({ ok: true });
    const ts = slack.messagesSeenBy(ADMIN, GENERAL)[0]?.ts ?? '';
    const container = { channel: GENERAL, ts };
    const press: PageAction = { kind: 'press', user: ADMIN, container, blockId: 'row', actionId: 'go' };
    expect(await perform(press)).toEqual({ ok: true });
    await slack.waitFor(() => slack.messagesSeenBy(ADMIN, GENERAL)[1]?.text === 'Gone');
    expect(await perform({ ...press, user: GUEST })).toMatchObject({ ok: false });
    expect((await state(GUEST)).conversations).toHaveLength(1);
  });

  test('the page explains that the app did not respond in time', async () => {
    const { slack, apiUrl, perform } = await startPage({ ackLimitMs: 50 });
    await startBolt(slack, apiUrl, (app) => app.command('/qs-creds', async () => {}));
    const command = { kind: 'command', user: ADMIN, channel: GENERAL, text: '/qs-creds list' } as const;
    expect(await perform(command)).toEqual({
      ok: false,
      error: '/qs-creds failed: the app did not respond within 3 seconds',
    });
  });

  test('the page is notified of every change', async () => {
    const { slack, url } = await startPage();
    const events = await fetch(`${url}/playground/events`);
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe(`data: ${slack.state.version}\n\n`);
    slack.state.post({ channel: GENERAL, text: 'Hello', blocks: [] });
    expect((await reader?.read())?.value).toBe(`data: ${slack.state.version}\n\n`);
    await reader?.cancel();
  });

  test('an action with missing fields is rejected with their names', async () => {
    const { url } = await startPage();
    const response = await fetch(`${url}/playground/action`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'press', user: ADMIN, blockId: 'b', actionId: 'a' }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      ok: false,
      error: expect.stringMatching(/not an action of the page: .*container/s),
    });
  });

  test('the page is served from its folder and no other', async () => {
    const { url } = await startPage();
    const index = await fetch(url);
    expect([index.status, await index.text()]).toEqual([200, '<title>Page</title>']);
    expect((await fetch(`${url}/app.js`)).headers.get('content-type')).toContain('text/javascript');
    const paths = ['/secret.env', '/absent.js', '/../x.js', '/..%2fx.js', '/%2e%2e/x.js', '//etc/x.js'];
    const served = await Promise.all(paths.map(async (path) => [path, await get(url, path, {})]));
    expect(served).toEqual(paths.map((path) => [path, 404]));
  });

  test('the page is served to this machine only', async () => {
    const { url } = await startPage();
    const { host, port } = new URL(url);
    expect(await get(url, '/playground/state', { host })).toBe(200);
    expect(await get(url, '/playground/state', { host: `localhost:${port}` })).toBe(200);
    expect(await get(url, '/playground/state', { host: 'rebound.example' })).toBe(403);
    expect(await get(url, '/', { host: 'rebound.example' })).toBe(403);
    expect(await get(url, '/playground/state', { host, origin: 'https://elsewhere.example' })).toBe(403);
    const form = await fetch(`${url}/playground/action`, { method: 'POST', body: '{"kind":"home"}' });
    expect(form.status).toBe(415);
  });
});
