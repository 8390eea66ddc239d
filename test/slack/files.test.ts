import { expect, onTestFinished, test, vi } from 'vitest';
import { SlackFiles } from '../../src/slack/files.ts';
import { MIGRATION_CLIENT } from '../../src/slack/messenger.ts';
import { NOW } from './samples.ts';
import { serve, webClient } from './setup.ts';

const FILE = { content: new Blob(['Name\r\n']), at: NOW, count: 0, isCut: false };

/** A Slack that issues this address for an upload, and the called methods. `failing`: the one that gets ok: false. */
async function filesAt(uploadUrl: (base: string) => string, failing = '', onUpload = () => {}) {
  const called: string[] = [];
  const base = await serve((req, res) => {
    called.push(req.url ?? '');
    // An upload never gets a response.
    if (req.url === '/upload') return onUpload();
    res.setHeader('content-type', 'application/json');
    if (req.url === failing) return void res.end('{"ok":false,"error":"whatever_new"}');
    res.end(JSON.stringify({ ok: true, upload_url: uploadUrl(base), file_id: 'F1', channel: 'D1', ts: '1.1' }));
  });
  return { files: new SlackFiles(webClient(`${base}api/`, MIGRATION_CLIENT)), called };
}

test('a file is uploaded only to Slack, and nothing is posted where Slack names another host', async () => {
  for (const url of [
    'https://files.slack.com.example.com/upload',
    'https://example.com/files.slack.com',
    'http://files.slack.com/upload',
    'file:///etc/passwd',
    'nothing',
  ]) {
    const { files, called } = await filesAt(() => url);
    expect(await files.sendExport('U1', FILE), url).toEqual({ kind: 'not_taken', why: 'not an address of Slack' });
    expect(called, url).toEqual(['/api/files.getUploadURLExternal']);
  }
});

test('an upload that hangs ends after two minutes, and nothing is posted', async () => {
  const twoMinutes = new AbortController();
  const pass = () => twoMinutes.abort(new DOMException('', 'TimeoutError'));
  const { files, called } = await filesAt((base) => `${base}upload`, '', pass);
  const { timeout: real } = AbortSignal;
  const signalAfter = (ms: number) => (ms === 120_000 ? twoMinutes.signal : real(ms));
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation(signalAfter);
  onTestFinished(() => timeout.mockRestore());
  expect(await files.sendExport('U1', FILE)).toEqual({ kind: 'not_taken', why: 'TimeoutError' });
  expect(timeout).toHaveBeenCalledWith(120_000);
  expect(called).toEqual(['/api/files.getUploadURLExternal', '/upload']);
});

test('the bytes are uploaded to Slack’s own host, wherever the Web API is reached', async () => {
  const { files } = await filesAt(() => 'https://files.slack.com/upload/v1/x');
  const real = globalThis.fetch;
  const bodies: string[] = [];
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, options) => {
    if (!String(url).startsWith('https://files.slack.com/')) return real(url, options);
    bodies.push(await new Response(options?.body ?? null).text());
    return new Response('OK - 6');
  });
  const outcome = await files.sendExport('U1', FILE).finally(() => fetched.mockRestore());
  expect([outcome, bodies]).toEqual([{ kind: 'sent' }, ['Name\r\n']]);
});

test.each([
  ['the address', '/api/files.getUploadURLExternal', 1],
  ['the bytes', '/taken', 2],
  ['the message', '/api/chat.postMessage', 3],
  ['the file', '/api/files.completeUploadExternal', 4],
])('ok: false in the response to %s is a failure, and nothing follows', async (_, failing, calls) => {
  const { files, called } = await filesAt((base) => `${base}taken`, failing);
  expect(await files.sendExport('U1', FILE)).toEqual({ kind: 'not_taken', why: 'whatever_new' });
  expect(called).toHaveLength(calls);
});
