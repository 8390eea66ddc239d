import { gzipSync } from 'node:zlib';
import { describe, test } from 'vitest';
import {
  COMMAND,
  expectInert,
  FORM,
  now,
  PERSON,
  PRESS,
  payload,
  type Request,
  signatureOf,
  signed,
  withTarget,
} from './target.ts';

// Provoked by the press whose `actions` is not a list.
withTarget(['a Slack request was not understood']);

describe('a request without a valid and current signature of Slack is rejected', () => {
  const without = (...names: string[]) => {
    const { headers = {}, ...rest } = signed(COMMAND);
    return { ...rest, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) };
  };
  const withHeaders = (headers: Record<string, string | string[]>) => signed(COMMAND, { headers });
  const dated = (seconds: number) => signed(COMMAND, { timestamp: now() + seconds });
  const signature = 'x-slack-signature';
  const timestamp = 'x-slack-request-timestamp';
  test.each<[string, () => Request]>([
    ['no headers', () => without(signature, timestamp)],
    ['no signature', () => without(signature)],
    ['no time', () => without(timestamp)],
    ['an empty signature', () => withHeaders({ [signature]: '' })],
    ['a version without a signature', () => withHeaders({ [signature]: 'v0=' })],
    ['another version', () => withHeaders({ [signature]: signatureOf(COMMAND).replace('v0', 'v1') })],
    ['zeros', () => withHeaders({ [signature]: `v0=${'0'.repeat(64)}` })],
    ['half of it', () => withHeaders({ [signature]: signatureOf(COMMAND).slice(0, 35) })],
    ['two', () => withHeaders({ [signature]: [signatureOf(COMMAND), signatureOf(COMMAND)] })],
    ['in capitals', () => withHeaders({ [signature]: signatureOf(COMMAND).toUpperCase() })],
    ['by another secret', () => withHeaders({ [signature]: signatureOf(COMMAND, now(), 'other') })],
    ['by no secret', () => withHeaders({ [signature]: signatureOf(COMMAND, now(), '') })],
    ['of another body', () => withHeaders({ [signature]: signatureOf(`${COMMAND}&`) })],
    ['of another time', () => withHeaders({ [signature]: signatureOf(COMMAND, now() - 1) })],
    ['a time of words', () => withHeaders({ [timestamp]: 'now' })],
    ['an empty time', () => withHeaders({ [timestamp]: '', [signature]: signatureOf(COMMAND, 0) })],
    ['two times', () => withHeaders({ [timestamp]: [String(now()), String(now())] })],
    ['an endless time', () => withHeaders({ [timestamp]: 'Infinity', [signature]: signatureOf(COMMAND, 'Infinity') })],
    [
      'a time before all',
      () => withHeaders({ [timestamp]: '-Infinity', [signature]: signatureOf(COMMAND, '-Infinity') }),
    ],
    ['a time that is none', () => withHeaders({ [timestamp]: 'NaN', [signature]: signatureOf(COMMAND, 'NaN') })],
    ['a stale date', () => dated(-302)],
    ['a date of last year', () => dated(-31_536_000)],
    ['a date ahead', () => dated(303)],
    ['a date of next year', () => dated(31_536_000)],
    ['milliseconds for seconds', () => signed(COMMAND, { timestamp: Date.now() })],
    ['the form of Slack’s check of certificates', () => ({ headers: { 'content-type': FORM }, body: 'ssl_check=2' })],
  ])('%s', async (_, request) => {
    await expectInert(request(), 401);
  });

  test('a press smuggled into Slack’s certificate check does nothing', async () => {
    const headers = { 'content-type': FORM };
    await expectInert({ headers, body: `ssl_check=1&${payload(PRESS)}` }, 200);
    await expectInert({ headers, body: `${COMMAND}&ssl_check=1` }, 200);
    await expectInert({ headers: { 'content-type': 'application/json' }, body: '{"ssl_check":"1"}' }, 401);
  });
});

describe('a signed request that makes no sense is rejected or does nothing', () => {
  const json = (value: unknown) =>
    signed(typeof value === 'string' ? value : JSON.stringify(value), { type: 'application/json' });
  const press = (changes: object) => signed(payload({ ...PRESS, ...changes }));
  test.each<[string, () => Request, number]>([
    ['a form as text', () => signed(COMMAND, { type: 'text/plain' }), 400],
    ['a form as JSON', () => signed(COMMAND, { type: 'application/json' }), 400],
    ['a form as XML', () => signed(COMMAND, { type: 'application/xml' }), 400],
    ['a form without a type', () => signed(COMMAND, { type: '' }), 400],
    [
      'a form in parts',
      () =>
        signed(`--x\r\nContent-Disposition: form-data; name="command"\r\n\r\n/qs-creds\r\n--x--`, {
          type: 'multipart/form-data; boundary=x',
        }),
      400,
    ],
    ['a type in capitals', () => signed(COMMAND, { type: FORM.toUpperCase() }), 400],
    ['a gzipped form', () => signed(gzipSync(COMMAND), { headers: { 'content-encoding': 'gzip' } }), 401],
    [
      'gzipped JSON',
      () =>
        signed(gzipSync(JSON.stringify(PRESS)), { type: 'application/json', headers: { 'content-encoding': 'gzip' } }),
      401,
    ],
    ['no body', () => signed(''), 200],
    ['no JSON', () => json(''), 400],
    ['half of JSON', () => json('{"type":'), 400],
    ['null', () => json('null'), 400],
    ['a list', () => json([]), 200],
    ['a number', () => json(7), 200],
    ['a word', () => json('"text"'), 200],
    ['JSON ten thousand deep', () => json('['.repeat(10_000) + ']'.repeat(10_000)), 200],
    ['a prototype', () => json('{"__proto__":{"type":"block_actions"}}'), 200],
    ['a payload of half of JSON', () => signed('payload=%7B'), 400],
    ['a payload of null', () => signed('payload=null'), 400],
    ['a payload of a number', () => signed('payload=7'), 200],
    ['an empty payload', () => signed('payload='), 400],
    ['two payloads', () => signed(`${payload(PRESS)}&${payload(PRESS)}`), 200],
    ['two commands', () => signed(`${COMMAND}&command=%2Fqs-creds`), 200],
    ['another command', () => signed(COMMAND.replace('qs-creds', 'deploy')), 200],
    ['zero bytes', () => signed('\0'.repeat(100)), 200],
    ['bytes that are no text', () => signed(Buffer.from([0xff, 0xfe, 0x00])), 401],
    ['ten thousand fields', () => signed('a=1&'.repeat(10_000)), 200],
    ['actions that are none', () => press({ actions: 'none' }), 404],
    ['no action', () => press({ actions: [] }), 200],
    ['an action of null', () => press({ actions: [null] }), 200],
    [
      'an action that nothing listens to',
      () => press({ actions: [{ ...PRESS.actions[0], action_id: 'deploy' }] }),
      200,
    ],
    ['an action of the prototype', () => press({ actions: [{ ...PRESS.actions[0], action_id: 'constructor' }] }), 200],
    [
      'a form without a user',
      () => signed(payload({ ...PERSON, type: 'view_submission', view: { callback_id: 'deploy' } })),
      200,
    ],
    [
      'a form that was closed',
      () => signed(payload({ ...PERSON, type: 'view_closed', view: { callback_id: 'production_confirmation' } })),
      200,
    ],
    ['a shortcut', () => signed(payload({ ...PERSON, type: 'shortcut', callback_id: 'confirm' })), 200],
    [
      'a shortcut on a message',
      () => signed(payload({ ...PERSON, type: 'message_action', callback_id: 'confirm' })),
      200,
    ],
    [
      'a menu without a user',
      () => signed(payload({ ...PERSON, type: 'block_suggestion', action_id: 'deploy', value: 'x' })),
      200,
    ],
    ['an event of null', () => json({ type: 'event_callback', event: null }), 400],
    [
      'an event without a user',
      () => json({ type: 'event_callback', team_id: 'T0LOCAL001', event: { type: 'message', text: '<!channel>' } }),
      200,
    ],
    ['a type of no kind', () => json({ type: 'deploy' }), 200],
  ])('%s', async (_, request, status) => {
    await expectInert(request(), status);
  });
});
