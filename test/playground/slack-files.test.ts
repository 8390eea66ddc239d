import { expect, test } from 'vitest';
import { ADMIN, call, GENERAL, startSlack } from './slack-bolt.ts';

const NAME = 'a "list".csv';

async function start() {
  const { slack, url, apiUrl } = await startSlack();
  const issued = await call(apiUrl, 'files.getUploadURLExternal', { filename: NAME, length: 4 });
  const upload = async (body: string) => (await fetch(String(issued['upload_url']), { method: 'POST', body })).status;
  const share = () =>
    call(apiUrl, 'files.completeUploadExternal', { files: [{ id: issued['file_id'] }], channel_id: GENERAL });
  return { slack, url, upload, share };
}

test('a file is shared only once, after its upload, and can be downloaded from the page', async () => {
  const { slack, url, upload, share } = await start();
  expect(await share()).toMatchObject({ ok: false, error: 'file_not_found' });
  expect(await upload('text')).toBe(200);
  expect(await share()).toMatchObject({ ok: true });
  expect(await share()).toMatchObject({ ok: false, error: 'file_not_found' });
  const [file] = slack.messagesSeenBy(ADMIN, GENERAL).flatMap(({ files }) => files);
  expect(file).toMatchObject({ name: NAME, size: 4 });
  const downloaded = await fetch(`${url}/playground/file/${file?.id}`);
  expect(await downloaded.text()).toBe('text');
  expect(downloaded.headers.get('content-disposition')).toMatch(/^attachment; /);
  expect((await fetch(`${url}/playground/file/F0`)).status).toBe(404);
});

test('an upload address accepts the announced number of bytes, once', async () => {
  const { upload } = await start();
  expect(await upload('longer')).toBe(400);
  expect(await upload('text')).toBe(200);
  expect(await upload('text')).toBe(400);
});
