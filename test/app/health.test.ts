import { describe, expect, test } from 'vitest';
import { ADMIN } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const SEED = seedOf(credential('airflow-dev'));
const EACH_MINUTE = '* * * * *';
const SYNC_FAILED = 'sync failed; the last known state stays';

interface Ready {
  readonly status: number;
  readonly body: { readonly checks: Readonly<Record<string, { ok: boolean; detail?: string }>> };
}

/** What `/readyz` says of this check, and whether `/metrics` shows a problem. */
async function checked(world: World, check: string) {
  const { status, body } = (await world.ready()) as Ready;
  const isProblem = (await world.freshMetrics()).includes(`qs_creds_problem{check="${check}"} 1`);
  return { status, ...body.checks[check], isProblem };
}

describe('/readyz, /metrics and the log say', () => {
  test('that the organisation is wrong, and which setting to check', async () => {
    const organisation = { ADOBE_ORG_ID: 'FFFFFFFFFFFFFFFFFFFFFFFF@AdobeOrg' };
    const world = await startWorld({ seed: SEED, env: organisation, synced: false });
    await world.logged(SYNC_FAILED);
    // Query Service refuses, and the Console does not show the organisation; the detail is about the one read first.
    const detail = expect.stringMatching(
      /^(Adobe does not let the app list the accounts: .*|the Developer Console does not show .*): check (that )?ADOBE_ORG_ID/,
    );
    expect(await checked(world, 'adobe')).toEqual({ status: 200, ok: true, detail, isProblem: true });
  });

  test('that the Developer Console does not show the organisation', async () => {
    const world = await startWorld({
      seed: SEED,
      synced: false,
      before: ({ adobe }) => adobe.faults.add({ kind: 'status', status: 200, body: [], on: 'organizations' }),
    });
    const detail = 'the Developer Console does not show the organisation to the app: check ADOBE_ORG_ID';
    await world.logged(SYNC_FAILED);
    expect(world.timesLogged(detail)).toBe(1);
    expect(await checked(world, 'adobe')).toEqual({ status: 200, ok: true, detail, isProblem: true });
  });

  test('that Adobe refuses the app’s own credential, and that it no longer does', async () => {
    const refusal = { kind: 'status', status: 400, body: { error: 'invalid_client' }, on: 'token' } as const;
    const world = await startWorld({
      seed: SEED,
      synced: false,
      before: ({ adobe }) => adobe.faults.add({ ...refusal, times: 1 }),
    });
    const detail =
      "Adobe refuses the app's own credential: the client id is unknown, or the client secret does not belong to it (invalid_client): compare ADOBE_CLIENT_ID and ADOBE_CLIENT_SECRET with the credential's page in the Developer Console; if the secret was rotated there, set the new one here";
    await world.logged(detail);
    expect(await checked(world, 'adobe')).toMatchObject({ ok: true, detail, isProblem: true });
    await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
    await world.logged('Adobe is well again');
    expect(await checked(world, 'adobe')).toEqual({ status: 200, ok: true, isProblem: false });
  });

  test('that Adobe has failed for a minute', async () => {
    const world = await startWorld({ seed: SEED });
    world.adobe.faults.add({ kind: 'status', status: 503, on: 'accounts', times: 1_000 });
    const list = await world.say(ADMIN, 'list');
    await world.press(ADMIN, list, 'list_refresh');
    expect(await checked(world, 'adobe')).toMatchObject({ ok: true, isProblem: false });
    world.clock.advance(61);
    const detail = expect.stringMatching(/^Adobe has failed to list the accounts since .* UTC: unavailable$/);
    expect(await checked(world, 'adobe')).toEqual({ status: 200, ok: true, detail, isProblem: true });
  });

  test('that the bot token was revoked, until there is a valid one', async () => {
    const detail =
      'Slack rejects SLACK_BOT_TOKEN (token_revoked): install the app in its workspace and set the new token';
    const world = await startWorld({ seed: SEED, errors: [detail] });
    world.slack.fail('auth.test', { error: 'token_revoked', times: 2 });
    await world.comes(EACH_MINUTE);
    await world.comes(EACH_MINUTE);
    expect(await checked(world, 'slack')).toEqual({ status: 503, ok: false, detail, isProblem: true });
    expect(world.timesLogged(detail)).toBe(1);
    await world.comes(EACH_MINUTE);
    expect(await checked(world, 'slack')).toEqual({ status: 200, ok: true, isProblem: false });
  });

  test('that Slack has failed for a minute', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.fail('auth.test', { httpStatus: 500, times: 2 });
    await world.comes(EACH_MINUTE);
    expect(await checked(world, 'slack')).toMatchObject({ ok: true, isProblem: false });
    world.clock.advance(61);
    await world.comes(EACH_MINUTE);
    const detail = expect.stringMatching(/^Slack has not answered properly since .* UTC: /);
    expect(await checked(world, 'slack')).toEqual({ status: 200, ok: true, detail, isProblem: true });
  });

  test('which scope the bot token lacks, at the start', async () => {
    const world = await startWorld({
      seed: SEED,
      scopes: [
        'commands',
        'chat:write',
        'files:write',
        'users:read',
        'users:read.email',
        'channels:read',
        'groups:read',
      ],
    });
    const detail = expect.stringMatching(/^the bot token lacks usergroups:read: add that at .* and reinstall the app$/);
    expect(await checked(world, 'slack')).toEqual({ status: 200, ok: true, detail, isProblem: true });
  });

  test('how often Slack failed, and what is queued', async () => {
    const world = await startWorld({ seed: SEED, migrationSeconds: 250 });
    world.slack.fail('chat.postMessage', { error: 'internal_error', times: 1 });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(/^⏳ \*Migrating `airflow-dev`\* [▰▱]/);
    const text = await world.freshMetrics();
    expect(text).toContain('qs_creds_slack_calls_total{method="chat.postMessage",outcome="failed"} 1');
    expect(text).toMatch(/^qs_creds_queue_length 1$/m);
    for (const job of ['sync lease', 'notify', 'watch', 'home'])
      expect(text).toContain(`qs_creds_job_failures_total{job="${job}"} 0`);
    await world.until(MIGRATED);
    expect(await world.freshMetrics()).toMatch(/^qs_creds_queue_length 0$/m);
  });

  test('no name of a sandbox', async () => {
    const world = await startWorld({ seed: SEED });
    const text = await world.freshMetrics();
    expect(text).toContain('operation="list the accounts"');
    expect(text).not.toMatch(/sandbox/);
  });
});
