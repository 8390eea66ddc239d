import { expect, test } from 'vitest';
import { call, GENERAL, startSlack } from './slack-bolt.ts';

test('a rate-limited method accepts a limited number of calls in any minute, rejects more with the time to wait, and does not affect others', async () => {
  const { slack, apiUrl, clock } = await startSlack();
  slack.limit('chat.update', 2);
  const { ts } = await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'a' });
  const edit = (text: string) =>
    fetch(`${apiUrl}chat.update`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer xoxb-local' },
      body: JSON.stringify({ channel: GENERAL, ts, text }),
    });
  const told = async (text: string) => {
    const { status, headers } = await edit(text);
    return [status, headers.get('retry-after')];
  };
  expect(await told('b')).toEqual([200, null]);
  clock.advance(20);
  expect(await told('c')).toEqual([200, null]);
  expect(await told('d')).toEqual([429, '40']);
  expect(await call(apiUrl, 'chat.postMessage', { channel: GENERAL, text: 'e' })).toMatchObject({ ok: true });
  clock.advance(40);
  expect(await told('f')).toEqual([200, null]);
  expect(await told('g')).toEqual([429, '20']);
  expect(slack.calls.filter(({ error }) => error === 'ratelimited')).toHaveLength(2);
});
