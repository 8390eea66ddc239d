import { describe, expect, test } from 'vitest';
import { redactBody, redactHeaders, redactPath } from '../../playground/adobe/redact.ts';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { startCaller } from './adobe-caller.ts';

const ACCOUNTS = '/data/foundation/queryauth/accounts';
const BI = technicalAccountIdOf('bi-nightly');

describe('the log of calls', () => {
  test('the log of calls shows each request and its outcome', async () => {
    const { adobe, ask } = await startCaller();
    await ask(`${ACCOUNTS}?limit=1`);
    await ask('/nowhere');
    adobe.faults.add({ on: 'accounts', kind: 'lose-response' });
    await ask(ACCOUNTS).catch(() => undefined);
    const calls = adobe.lastCalls(100);
    expect(calls.map(({ id, method, path, outcome, ok }) => [id, method, path, outcome, ok])).toEqual([
      [1, 'POST', '/ims/token/v3', '200', true],
      [2, 'GET', `${ACCOUNTS}?limit=1`, '200', true],
      [3, 'GET', '/nowhere', '404', false],
      [4, 'GET', ACCOUNTS, 'no response', false],
    ]);
    expect(calls[0]?.detail).toMatch(/\n\ngrant_type=client_credentials\n(.*\n)*client_secret=••••\n/);
    expect(calls[0]?.detail).toContain(`client_id=${SIMULATED_CLIENT.clientId}`);
    expect(calls[1]?.detail).toMatch(/^authorization: Bearer ey…••••$/m);
    expect(calls[1]?.detail).toMatch(/^x-sandbox-name: prod$/m);
    expect(calls[1]?.detail).toMatch(/\n200 after \d+ ms$/);
    expect(calls[1]).toMatchObject({ at: '2025-05-05T09:00:00.000Z', to: 'Adobe' });
    expect(adobe.lastCalls(2).map(({ id }) => id)).toEqual([3, 4]);
  });

  test('the log of calls shows a pending call', async () => {
    const { adobe, ask } = await startCaller();
    adobe.faults.add({ on: 'accounts', kind: 'hang', ms: 60_000 });
    const arrived = new Promise<void>((resolve) => adobe.onChange(resolve));
    const waiting = ask(ACCOUNTS).catch(() => undefined);
    await arrived;
    expect(adobe.lastCalls(1)).toMatchObject([{ outcome: 'pending', ok: true }]);
    await adobe.stop();
    await waiting;
  });

  test('the log of calls shows “no response” for a caller who hung up', async () => {
    const { adobe, url } = await startCaller();
    adobe.faults.add({ on: 'accounts', kind: 'slow', ms: 60_000 });
    await expect(fetch(url + ACCOUNTS, { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    await expect.poll(() => adobe.lastCalls(1)).toMatchObject([{ outcome: 'no response', ok: false }]);
  });

  test('the log of calls keeps no secret and no token', async () => {
    const { adobe, ask, post, url, tokens } = await startCaller();
    await post(`${ACCOUNTS}/${BI}/migrate`);
    const token = await tokens.token();
    const { clientSecret } = SIMULATED_CLIENT;
    await ask(`${ACCOUNTS}?client_secret=${clientSecret}&x=${token}`, { cookie: `t=${clientSecret}` });
    const secrets = { a: [{ client_secret: clientSecret, access_token: { value: token } }], note: token };
    await fetch(`${url}/x?access_token=${token}`, { method: 'POST', body: JSON.stringify(secrets) });
    await fetch(`${url}/x`, { method: 'POST', body: `not JSON: ${token}` });
    expect(adobe.calls).toHaveLength(5);
    const kept = JSON.stringify([adobe.calls, adobe.lastCalls(100)]);
    expect([clientSecret, token, token.slice(4)].filter((secret) => kept.includes(secret))).toEqual([]);
    expect(kept).toContain('not JSON: ey…••••');
  });

  test('the log keeps every call, and the details of the last 2000', async () => {
    const { adobe, url } = await startCaller();
    for (let i = 0; i < 200; i += 1)
      await Promise.all(Array.from({ length: 10 }, () => fetch(`${url}/x`).then((answer) => answer.text())));
    const calls = adobe.lastCalls(3000);
    expect(adobe.calls).toHaveLength(2001);
    expect(calls.map(({ id }) => id)).toEqual(Array.from({ length: 2001 }, (_, i) => i + 1));
    expect(calls[0]?.detail).not.toContain('client_credentials');
    expect(calls[1]?.detail).toContain('host: 127.0.0.1');
  });
});

describe('redaction', () => {
  test.each(['Bearer x', 'Basic c2VjcmV0', 'eyJ.a.b'])('the authorization %s is redacted', (authorization) => {
    expect(redactHeaders({ authorization })).toBe('authorization: ••••');
  });

  test('other headers, paths and bodies are not redacted', () => {
    expect(redactHeaders({ 'x-api-key': 'key', accept: 'a, b' })).toBe('x-api-key: key\naccept: a, b');
    expect(redactPath('/a/eyes.html?limit=1&start=2')).toBe('/a/eyes.html?limit=1&start=2');
    expect(redactBody('application/json', '{"status":"STARTED"}')).toBe('{\n  "status": "STARTED"\n}');
    expect(redactBody(undefined, '')).toBe('');
  });
});

describe('listeners', () => {
  test('listeners are notified of a request and its response', async () => {
    const { adobe, ask } = await startCaller();
    const seen: unknown[] = [];
    adobe.onChange(() => seen.push(adobe.lastCalls(1)[0]?.outcome));
    await ask('/console/organizations');
    expect(seen).toEqual(['pending', '200']);
  });

  test('listeners are notified when a migration starts, even if the response is late', async () => {
    const { adobe, post } = await startCaller();
    adobe.faults.add({ on: 'start', kind: 'hang', ms: 1 });
    await post(`${ACCOUNTS}/${BI}/migrate`).catch(() => undefined);
    adobe.faults.add({ on: 'start', kind: 'slow', ms: 60_000 });
    const started = new Promise<void>((resolve) =>
      adobe.onChange(() => {
        if (adobe.view('bi-nightly').credentials[0]?.state === 'STARTED') resolve();
      }),
    );
    const waiting = post(`${ACCOUNTS}/${BI}/migrate`).catch(() => undefined);
    await started;
    expect(adobe.lastCalls(1)).toMatchObject([{ outcome: 'pending' }]);
    await adobe.stop();
    await waiting;
  });

  test('listeners are notified of changes made by a method', async () => {
    const { adobe } = await startCaller();
    let notifications = 0;
    adobe.onChange(() => {
      notifications += 1;
    });
    adobe.switchFault('slow', true);
    adobe.consoleRefuses(true);
    adobe.migrationSeconds = 5;
    adobe.migrateElsewhere(BI);
    adobe.remove(BI);
    expect(notifications).toBe(5);
  });
});
