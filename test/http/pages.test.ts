import { describe, expect, test } from 'vitest';
import { type Checks, createReadiness } from '../../src/http/readiness.ts';
import { createLogger } from '../../src/lib/log.ts';
import { TestClock } from '../support/clock.ts';
import { ask, fine, start } from './setup.ts';

describe('the operations server', () => {
  test.each([
    ['/healthz', 200, '{"status":"ok"}\n'],
    ['/healthz?probe=1', 200, '{"status":"ok"}\n'],
    ['/metrics', 200, 'metric 1\n'],
    ['/', 404, '{"error":"not found"}\n'],
    ['/slack/events', 404, '{"error":"not found"}\n'],
    ['//', 400, '{"error":"bad request target"}\n'],
  ])('responds to %s with %i', async (path, status, body) => {
    const { port } = await start();
    const response = await ask(port, path);
    expect(response).toMatchObject({ status, body });
    expect(response.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(response.headers).not.toHaveProperty('x-powered-by');
    const head = await ask(port, path, { method: 'HEAD' });
    expect(head).toMatchObject({ status, body: '' });
    expect(head.headers['content-length']).toBe(String(body.length));
  });

  test.each(['/healthz', '/readyz', '/metrics'])('responds to other methods for %s with 405', async (path) => {
    const { port } = await start();
    const response = await ask(port, path, { method: 'POST' }, 'x');
    expect(response).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('computes the metrics once for a hundred simultaneous requests, and runs the checks once', async () => {
    const clock = new TestClock();
    let made = 0;
    let checked = 0;
    const checks = {
      ...fine,
      database: async () => {
        checked += 1;
        return { ok: true };
      },
    };
    const text = async () => `metric ${++made}\n`;
    const { port } = await start({ checks, clock, metrics: { contentType: 'text/plain', text } });
    const bodies = await Promise.all(Array.from({ length: 100 }, async () => (await ask(port, '/metrics')).body));
    expect(new Set(bodies)).toEqual(new Set(['metric 1\n']));
    clock.advance(1);
    expect((await ask(port, '/metrics')).body).toBe('metric 2\n');
    expect([made, checked]).toEqual([2, 2]);
  });

  test('responds with 500 and a reference when the metrics fail; the log has the details', async () => {
    const text = async () => {
      throw new Error('inner details');
    };
    const { port, lines } = await start({ metrics: { contentType: 'text/plain', text } });
    const response = await ask(port, '/metrics');
    const { error, reference } = JSON.parse(response.body);
    expect(response.status).toBe(500);
    expect(error).toBe('internal error');
    expect(response.body).not.toContain('details');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ reference, err: { message: 'inner details' } });
  });
});

describe('/readyz', () => {
  const cases: [string, Checks, number, unknown][] = [
    ['every check passes', {}, 200, { ok: true }],
    [
      'a check fails',
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
      { ok: false, detail: 'no response in time, or an error; see the log' },
    ],
    [
      'a check throws',
      {
        slack: () => {
          throw new Error('password=x');
        },
      },
      503,
      { ok: false, detail: 'no response in time, or an error; see the log' },
    ],
  ];
  test.each(cases)('responds when %s', async (_, checks, status, slack) => {
    const { port } = await start({ checks: { ...fine, ...checks } });
    const response = await ask(port, '/readyz');
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toEqual({
      ready: status === 200,
      checks: { database: { ok: true }, slack, sync: { ok: true } },
    });
  });

  test('responds without a check that hangs, which is not started again until it counts as hung', async () => {
    let calls = 0;
    const hanging = () => {
      calls += 1;
      return new Promise<never>(() => {});
    };
    const readiness = createReadiness({ ...fine, slack: hanging }, 30, createLogger({ level: 'silent', secrets: [] }));
    const [first] = await Promise.all([readiness(), readiness()]);
    expect(first).toEqual({
      ready: false,
      checks: {
        database: { ok: true },
        slack: { ok: false, detail: 'no response in time, or an error; see the log' },
        sync: { ok: true },
      },
    });
    await readiness();
    expect(calls).toBe(1);
    while (calls === 1) expect((await readiness()).ready).toBe(false);
  });

  test('is logged only when it changes', async () => {
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
