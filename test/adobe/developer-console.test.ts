import { describe, expect, onTestFinished, test } from 'vitest';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { ConsolePaths } from '../../src/adobe/console.ts';
import { DeveloperConsoleMigration } from '../../src/adobe/developer-console.ts';
import type { StartOutcome } from '../../src/migrations/method.ts';
import { tlsFront } from '../support/proxy.ts';
import { clientsAt, IN_TIME, startAdobe, tokensAt, trustTestCertificates } from './setup.ts';

const target = { consoleId: '100001' };
const BI = technicalAccountIdOf('bi-nightly');

const STEPS = [
  { step: 'start', on: 'binding', does: 'begin', method: 'POST', path: 'binding', ok: 201 },
  { step: 'finish', on: 'finalize', does: 'finish', method: 'PATCH', path: 'finalize', ok: 200 },
  { step: 'cancel', on: 'unbinding', does: 'cancel', method: 'DELETE', path: 'binding', ok: 204 },
] as const;

/** Starts an Adobe with a credential in the state that `step` continues. */
async function begin(
  step: (typeof STEPS)[number]['step'],
  { timeoutMs = 10_000, orgId = SIMULATED_CLIENT.orgId } = {},
) {
  const started = await startAdobe();
  const { adobe, tokens } = started;
  if (step !== 'start') adobe.inConsole(BI, 'begin');
  const paths = new ConsolePaths(started.console, orgId);
  const migration = new DeveloperConsoleMigration({ http: started.console, paths, tokens, timeoutMs });
  const never = new AbortController().signal;
  const send = (maySend = IN_TIME, signal = never) => migration.start({ ...target, step }, signal, maySend);
  const changes = () => adobe.calls.filter(({ path }) => /\/(binding|finalize)$/.test(path));
  return { ...started, paths, send, changes };
}

const problemOf = (outcome: StartOutcome) => ('error' in outcome ? outcome.error.problem : undefined);

describe.each(STEPS)('the step $step sends exactly one $method, which', ({ step, on, does, method, path, ok }) => {
  test('is accepted with the published status', async () => {
    const { adobe, clock, send, changes } = await begin(step);
    expect(await send()).toEqual({ kind: 'accepted' });
    expect(adobe.consoleChanges).toEqual([{ technicalAccountId: BI, what: does, at: clock.now() }]);
    expect(changes()).toMatchObject([{ method, status: ok }]);
    expect(changes()[0]?.path).toBe(`/console/organizations/81234/credentials/oauth-server-to-server/100001/${path}`);
  });

  test.each([200, 201, 202, 204])('is accepted with status %i and no body', async (status) => {
    const { adobe, send, changes } = await begin(step);
    adobe.faults.add({ on, kind: 'status', status });
    expect(await send()).toEqual({ kind: 'accepted' });
    expect(changes()).toHaveLength(1);
  });

  test.each([302, 400, 401, 403, 404, 405, 410, 422, 429])('is refused with status %i', async (status) => {
    const { adobe, send, changes } = await begin(step);
    adobe.faults.add({ on, kind: 'status', status, headers: { location: '/elsewhere', 'retry-after': '0' } });
    const outcome = await send();
    expect([outcome.kind, problemOf(outcome)?.status]).toEqual(['refused', status]);
    expect(changes()).toHaveLength(1);
  });

  test.each([408, 409, 425, 500, 502, 503, 504])('is unclear with status %i', async (status) => {
    const { adobe, send, changes } = await begin(step);
    adobe.faults.add({ on, kind: 'status', status });
    const outcome = await send();
    expect([outcome.kind, problemOf(outcome)?.status]).toEqual(['unclear', status]);
    expect(changes()).toHaveLength(1);
  });

  test.each(['lose-response', 'half-response', 'garbage'] as const)(
    'is unclear if the response is lost: %s',
    async (kind) => {
      const { adobe, send, changes } = await begin(step);
      adobe.faults.add({ on, kind });
      const outcome = await send();
      expect([outcome.kind, problemOf(outcome)?.kind]).toEqual(['unclear', 'lost']);
      expect([changes().length, adobe.consoleChanges.length]).toEqual([1, kind === 'garbage' ? 0 : 1]);
    },
  );

  test('is unclear if there is no response in time, or if the app stops waiting', async () => {
    const { adobe, send, changes } = await begin(step, { timeoutMs: 500 });
    adobe.faults.add({ on, kind: 'hang', ms: 60_000 });
    expect(problemOf(await send())).toMatchObject({ kind: 'lost', detail: 'ETIMEDOUT' });
    const slow = await begin(step);
    slow.adobe.faults.add({ on, kind: 'hang', ms: 60_000 });
    const shutdown = new AbortController();
    const outcome = slow.send(IN_TIME, shutdown.signal);
    await expect.poll(slow.changes).toHaveLength(1);
    shutdown.abort();
    expect([(await outcome).kind, problemOf(await outcome)?.detail]).toEqual(['unclear', 'ERR_CANCELED']);
    expect([changes().length, slow.changes().length]).toEqual([1, 1]);
  }, 5000);

  test('is refused with an invalid token, but the next one is not', async () => {
    const { adobe, tokens, paths, send, changes } = await begin(step);
    await paths.organization();
    await tokens.token();
    adobe.revokeTokens();
    expect((await send()).kind).toBe('refused');
    expect(changes()).toHaveLength(1);
    expect((await send()).kind).toBe('accepted');
  });

  test('is refused where the state does not allow it', async () => {
    const { adobe, send } = await begin(step);
    await send();
    const outcome = await send();
    expect([outcome.kind, problemOf(outcome)?.status]).toEqual(['refused', 400]);
    expect(adobe.consoleChanges).toHaveLength(1);
  });
});

describe.each(STEPS)('the step $step sends nothing', ({ step, on }) => {
  test('if IMS refuses the client', async () => {
    const { clock, url, console, paths, changes, adobe } = await begin(step);
    await paths.organization();
    const tokens = tokensAt(url, clock, { clientSecret: 'wrong' });
    const migration = new DeveloperConsoleMigration({ http: console, paths, tokens, timeoutMs: 1000 });
    const outcome = await migration.start({ ...target, step }, new AbortController().signal, IN_TIME);
    expect([outcome.kind, problemOf(outcome)?.kind]).toEqual(['unsent', 'token_refused']);
    expect([changes(), adobe.consoleChanges]).toEqual([[], []]);
  });

  test('if the Console does not name the organisation, or cannot be reached', async () => {
    const unknown = await begin(step, { orgId: 'x@AdobeOrg' });
    expect(problemOf(await unknown.send())?.kind).toBe('no_such_organisation');
    const { adobe, paths, tokens, send, changes } = await begin(step);
    adobe.consoleRefuses(true);
    expect(await send()).toMatchObject({ kind: 'unsent', error: { kind: 'not_allowed' } });
    adobe.consoleRefuses(false);
    await paths.organization();
    await tokens.token();
    await adobe.stop();
    expect(await send()).toMatchObject({ kind: 'unsent', error: { kind: 'unreachable' } });
    expect([changes(), unknown.changes()]).toEqual([[], []]);
  });

  test('during a pause that Adobe asked for', async () => {
    const { adobe, send, changes } = await begin(step);
    adobe.faults.add({ on, kind: 'status', status: 429, headers: { 'retry-after': '60' } });
    expect((await send()).kind).toBe('refused');
    expect(await send()).toMatchObject({ kind: 'unsent', error: { kind: 'throttled' } });
    expect(changes()).toHaveLength(1);
  });

  test.each(['http', 'https'])('if it is too late once the connection over %s is established', async (scheme) => {
    const started = await begin(step);
    const { adobe, tokens, url, changes } = started;
    let { console } = started;
    if (scheme === 'https') {
      const front = await tlsFront(url);
      onTestFinished(front.stop);
      trustTestCertificates();
      console = clientsAt(front.url, tokens).console;
    }
    const migration = new DeveloperConsoleMigration({ http: console, paths: started.paths, tokens, timeoutMs: 10_000 });
    const never = new AbortController().signal;
    expect(await migration.start({ ...target, step }, never, () => false)).toEqual({ kind: 'late' });
    expect([changes(), adobe.consoleChanges]).toEqual([[], []]);
    expect(await migration.start({ ...target, step }, never, IN_TIME)).toEqual({ kind: 'accepted' });
    expect(changes()).toHaveLength(1);
  });

  test('if the app stopped before', async () => {
    const { send, changes } = await begin(step);
    expect((await send(IN_TIME, AbortSignal.abort())).kind).toBe('unsent');
    expect(changes()).toEqual([]);
  });
});
