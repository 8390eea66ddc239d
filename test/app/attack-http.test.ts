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
    ['neither a signature nor a timestamp', () => without(signature, timestamp)],
    ['no signature', () => without(signature)],
    ['no timestamp', () => without(timestamp)],
    ['an empty signature', () => withHeaders({ [signature]: '' })],
    ['a version without a signature', () => withHeaders({ [signature]: 'v0=' })],
    ['another version of the signature', () => withHeaders({ [signature]: signatureOf(COMMAND).replace('v0', 'v1') })],
    ['a signature of zeros', () => withHeaders({ [signature]: `v0=${'0'.repeat(64)}` })],
    ['half a signature', () => withHeaders({ [signature]: signatureOf(COMMAND).slice(0, 35) })],
    ['two signatures', () => withHeaders({ [signature]: [signatureOf(COMMAND), signatureOf(COMMAND)] })],
    ['a signature in capitals', () => withHeaders({ [signature]: signatureOf(COMMAND).toUpperCase() })],
    ['a signature with another secret', () => withHeaders({ [signature]: signatureOf(COMMAND, now(), 'other') })],
    ['a signature with an empty secret', () => withHeaders({ [signature]: signatureOf(COMMAND, now(), '') })],
    ['the signature of another body', () => withHeaders({ [signature]: signatureOf(`${COMMAND}&`) })],
    ['the signature of another timestamp', () => withHeaders({ [signature]: signatureOf(COMMAND, now() - 1) })],
    ['a timestamp that is a word', () => withHeaders({ [timestamp]: 'now' })],
    ['an empty timestamp', () => withHeaders({ [timestamp]: '', [signature]: signatureOf(COMMAND, 0) })],
    ['two timestamps', () => withHeaders({ [timestamp]: [String(now()), String(now())] })],
    [
      'the timestamp Infinity',
      () => withHeaders({ [timestamp]: 'Infinity', [signature]: signatureOf(COMMAND, 'Infinity') }),
    ],
    [
      'the timestamp -Infinity',
      () => withHeaders({ [timestamp]: '-Infinity', [signature]: signatureOf(COMMAND, '-Infinity') }),
    ],
    ['the timestamp NaN', () => withHeaders({ [timestamp]: 'NaN', [signature]: signatureOf(COMMAND, 'NaN') })],
    ['a timestamp five minutes old', () => dated(-302)],
    ['a timestamp from last year', () => dated(-31_536_000)],
    ['a timestamp five minutes in the future', () => dated(303)],
    ['a timestamp from next year', () => dated(31_536_000)],
    ['a timestamp in milliseconds', () => signed(COMMAND, { timestamp: Date.now() })],
    ['the form of Slack’s certificate check', () => ({ headers: { 'content-type': FORM }, body: 'ssl_check=2' })],
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
    ['a form sent as text', () => signed(COMMAND, { type: 'text/plain' }), 400],
    ['a form sent as JSON', () => signed(COMMAND, { type: 'application/json' }), 400],
    ['a form sent as XML', () => signed(COMMAND, { type: 'application/xml' }), 400],
    ['a form without a content type', () => signed(COMMAND, { type: '' }), 400],
    [
      'a multipart form',
      () =>
        signed(`--x\r\nContent-Disposition: form-data; name="command"\r\n\r\n/qs-creds\r\n--x--`, {
          type: 'multipart/form-data; boundary=x',
        }),
      400,
    ],
    ['a content type in capitals', () => signed(COMMAND, { type: FORM.toUpperCase() }), 400],
    ['a gzipped form', () => signed(gzipSync(COMMAND), { headers: { 'content-encoding': 'gzip' } }), 401],
    [
      'gzipped JSON',
      () =>
        signed(gzipSync(JSON.stringify(PRESS)), { type: 'application/json', headers: { 'content-encoding': 'gzip' } }),
      401,
    ],
    ['no body', () => signed(''), 200],
    ['empty JSON', () => json(''), 400],
    ['half a JSON document', () => json('{"type":'), 400],
    ['JSON null', () => json('null'), 400],
    ['a JSON array', () => json([]), 200],
    ['a JSON number', () => json(7), 200],
    ['a JSON string', () => json('"text"'), 200],
    ['JSON nested ten thousand levels deep', () => json('['.repeat(10_000) + ']'.repeat(10_000)), 200],
    ['JSON that sets the prototype', () => json('{"__proto__":{"type":"block_actions"}}'), 200],
    ['a payload of half a JSON document', () => signed('payload=%7B'), 400],
    ['a payload of null', () => signed('payload=null'), 400],
    ['a payload of a number', () => signed('payload=7'), 200],
    ['an empty payload', () => signed('payload='), 400],
    ['two payloads', () => signed(`${payload(PRESS)}&${payload(PRESS)}`), 200],
    ['two commands', () => signed(`${COMMAND}&command=%2Fqs-creds`), 200],
    ['another command', () => signed(COMMAND.replace('qs-creds', 'deploy')), 200],
    ['a body of NUL bytes', () => signed('\0'.repeat(100)), 200],
    ['bytes that are no text', () => signed(Buffer.from([0xff, 0xfe, 0x00])), 401],
    ['ten thousand fields', () => signed('a=1&'.repeat(10_000)), 200],
    ['actions that are none', () => press({ actions: 'none' }), 404],
    ['no action', () => press({ actions: [] }), 200],
    ['an action of null', () => press({ actions: [null] }), 200],
    ['an action without a listener', () => press({ actions: [{ ...PRESS.actions[0], action_id: 'deploy' }] }), 200],
    [
      'an action named like a member of the prototype',
      () => press({ actions: [{ ...PRESS.actions[0], action_id: 'constructor' }] }),
      200,
    ],
    [
      'a modal without a listener',
      () => signed(payload({ ...PERSON, type: 'view_submission', view: { callback_id: 'deploy' } })),
      200,
    ],
    [
      'a closed modal',
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
      'a menu without a listener',
      () => signed(payload({ ...PERSON, type: 'block_suggestion', action_id: 'deploy', value: 'x' })),
      200,
    ],
    ['an event that is null', () => json({ type: 'event_callback', event: null }), 400],
    [
      'an event without a listener',
      () => json({ type: 'event_callback', team_id: 'T0LOCAL001', event: { type: 'message', text: '<!channel>' } }),
      200,
    ],
    ['an unknown payload type', () => json({ type: 'deploy' }), 200],
  ])('%s', async (_, request, status) => {
    await expectInert(request(), status);
  });
});
