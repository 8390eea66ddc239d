import { describe, expect, test } from 'vitest';
import type { Checks } from '../../src/http/readiness.ts';
import { ask, fine, start } from './setup.ts';

describe('pages', () => {
  test.each([
    ['/healthz', 200, '{"status":"ok"}\n'],
    ['/healthz?probe=1', 200, '{"status":"ok"}\n'],
    ['/metrics', 200, 'metric 1\n'],
    ['/', 404, '{"error":"not found"}\n'],
    ['/slack/events', 404, '{"error":"not found"}\n'],
    ['//', 400, '{"error":"bad request target"}\n'],
  ])('%s answers %i', async (path, status, body) => {
    const { port } = await start();
    const answer = await ask(port, path);
    expect(answer).toMatchObject({ status, body });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers).not.toHaveProperty('x-powered-by');
    const head = await ask(port, path, { method: 'HEAD' });
    expect(head).toMatchObject({ status, body: '' });
    expect(head.headers['content-length']).toBe(String(body.length));
  });

  test.each(['/healthz', '/readyz', '/metrics'])('%s answers other methods with 405', async (path) => {
    const { port } = await start();
    const answer = await ask(port, path, { method: 'POST' }, 'x');
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('metrics that fail are a 500 without details, to be found in the log', async () => {
    const text = async () => {
      throw new Error('inner details');
    };
    const { port, lines } = await start({ metrics: { contentType: 'text/plain', text } });
    const answer = await ask(port, '/metrics');
    const { error, reference } = JSON.parse(answer.body);
    expect(answer.status).toBe(500);
    expect(error).toBe('internal error');
    expect(answer.body).not.toContain('details');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ reference, err: { message: 'inner details' } });
  });
});

describe('readiness', () => {
  const cases: [string, Checks, number, unknown][] = [
    ['all is well', {}, 200, { ok: true }],
    [
      'a check says no',
      { slack: async () => ({ ok: false, detail: 'connecting' }) },
      503,
      { ok: false, detail: 'connecting' },
    ],
    [
      'a check rejects',
      {
        slack: async () => {
          throw new Error('password=x');
        },
      },
      503,
      { ok: false, detail: 'did not answer; see the log' },
    ],
    [
      'a check throws',
      {
        slack: () => {
          throw new Error('password=x');
        },
      },
      503,
      { ok: false, detail: 'did not answer; see the log' },
    ],
    [
      'a check hangs',
      { slack: () => new Promise(() => {}) },
      503,
      { ok: false, detail: 'did not answer; see the log' },
    ],
  ];
  test.each(cases)('when %s', async (_, checks, status, slack) => {
    const { port } = await start({ checks: { ...fine, ...checks }, checkTimeoutMs: 20 });
    const answer = await ask(port, '/readyz');
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({
      ready: status === 200,
      checks: { database: { ok: true }, slack, sync: { ok: true } },
    });
  });

  test('does not start a hanging check again, until it is given up', async () => {
    let calls = 0;
    const hanging = () => {
      calls += 1;
      return new Promise<never>(() => {});
    };
    const { port } = await start({ checks: { ...fine, database: hanging }, checkTimeoutMs: 30 });
    await Promise.all([ask(port, '/readyz'), ask(port, '/readyz')]);
    await ask(port, '/readyz');
    expect(calls).toBe(1);
    while (calls === 1) expect((await ask(port, '/readyz')).status).toBe(503);
  });

  test('is logged when it changes', async () => {
    let ok = false;
    const { port, lines } = await start({ checks: { ...fine, sync: async () => ({ ok }) } });
    await ask(port, '/readyz');
    await ask(port, '/readyz');
    ok = true;
    await ask(port, '/readyz');
    await ask(port, '/readyz');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['not ready', 'ready again']);
  });
});
