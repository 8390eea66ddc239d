import { readFile, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import type { Migrators } from '../../src/access/access.ts';
import type { AdobeProblem } from '../../src/credentials/adobe-error.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { openDatabase } from '../../src/db/database.ts';
import { credential, minute } from '../support/samples.ts';
import { CHANNEL, startClinic } from './setup.ts';

const NAME = 'planted-credential';
const EMAIL = 'planted.person@example.com';
const SANDBOX = 'planted-sandbox';
const PERSON = 'U0PLANTED01';
const DETAIL = 'planted words of Adobe';
const CODE = 'planted-code';
const MIGRATORS: Migrators = { users: [PERSON, 'W0PLANTED02'], groups: [] };
/** A proxy with a password in its address; nothing listens there. */
const PROXY = 'http://planted-user:planted-password@127.0.0.1:9';

const PROBLEM: AdobeProblem = {
  kind: 'not_allowed',
  operation: `list the accounts of sandbox ${SANDBOX}`,
  status: 403,
  code: '403010',
  detail: DETAIL,
};

/** Creates a database that contains everything that may not be shared. */
async function plant(path: string): Promise<void> {
  const db = await openDatabase({ kind: 'sqlite', path });
  const syncs = new SqlSyncStore(db);
  const owned = { name: NAME, description: DETAIL, owner: EMAIL, sandboxes: [SANDBOX] };
  await syncs.replaceCredentials([credential(1, owned), credential(2, owned)], minute(0));
  const unread = [{ what: 'sandbox', count: 1, names: [SANDBOX], problem: { ...PROBLEM, code: CODE } }] as const;
  await syncs.noteSync({ triedAt: minute(1), problem: PROBLEM, unread });
  await db
    .insertInto('migrations')
    .values({
      ...{
        id: 'm-planted',
        organisation: 'planted@AdobeOrg',
        technical_account_id: 'A1',
        console_id: 'planted-console',
      },
      ...{ state: 'failed', method: 'query-service', step: 'start', shown: JSON.stringify(owned), channel: CHANNEL },
      ...{ asked_by: PERSON, asked_at: minute(0).toISOString(), expires_at: minute(10).toISOString() },
      ...{
        decided_by: PERSON,
        decided_at: null,
        started_at: null,
        ended_at: null,
        notified_at: null,
        reminded_at: null,
        start_refusal: null,
      },
      dry_run: 0,
      ...{ start_problem: JSON.stringify({ ...PROBLEM, status: 500, code: CODE }), reason: JSON.stringify(DETAIL) },
      ...{ message: null, question_message: null, response_url: 'https://hooks.slack.com/planted' },
    })
    .execute();
  await db
    .insertInto('reminder_rounds')
    .values({ key: 'planted-round', kind: 'manual', started_at: minute(0).toISOString(), finished_at: null })
    .execute();
  const message = { round: 'planted-round', claimed_until: null, closed_at: minute(1).toISOString(), message: null };
  await db
    .insertInto('reminder_messages')
    .values({ ...message, recipient: PERSON, why: 'deactivated' })
    .execute();
  await db.insertInto('reminder_state').values({ name: 'channel_error', value: 'is_archived' }).execute();
  await db.destroy();
}

test('the report has versions, settings, checks, counts and last errors, but none of the planted secrets and names', async () => {
  const seed = seedOrganisation();
  const [first, ...others] = seed.credentials;
  if (first === undefined) throw new Error('the seed is empty');
  const planted = { ...first, name: NAME, owner: EMAIL, sandboxes: [SANDBOX], consoleId: null };
  const clinic = await startClinic({ adobe: { seed: { ...seed, credentials: [planted, ...others] } } });
  const path = join(clinic.folder, 'planted.db');
  await plant(path);
  clinic.adobe.faults.add({
    on: 'schedules',
    kind: 'status',
    status: 400,
    body: { error_code: CODE, message: DETAIL, name: NAME },
  });
  const file = join(clinic.folder, 'report.json');
  const { code, output } = await clinic.run(
    {
      DATABASE_URL: `file:${path}`,
      ADOBE_SANDBOXES: `${SANDBOX},prod`,
      MIGRATORS: MIGRATORS.users.join(','),
      HTTPS_PROXY: PROXY,
      // Requests to the stand-ins do not use the proxy.
      NO_PROXY: '127.0.0.1,planted-host.example',
      REMINDER_TIMEZONE: 'Europe/Zurich',
      REMINDER_DAYS: '30,7',
      LOG_LEVEL: 'planted-level',
    },
    ['--bundle', file],
  );
  expect(output).toContain(`A report to share was written to ${file}.`);
  // LOG_LEVEL is invalid.
  expect(code).toBe(78);

  const text = await readFile(file, 'utf8');
  const report = JSON.parse(text);
  expect(report.versions).toMatchObject({ product: '0.1.0', node: process.versions.node });
  expect(report.versions.dependencies).toMatchObject({ '@slack/bolt': expect.stringMatching(/^\d+\./) });
  expect(report.settings).toMatchObject({
    SLACK_BOT_TOKEN: { state: 'set' },
    SLACK_SIGNING_SECRET: { state: 'unset' },
    MIGRATION_METHOD: { state: 'default' },
    REMINDER_DAYS: { state: 'set', value: '30,7' },
    LOG_LEVEL: { state: 'wrong' },
  });
  expect(report.checks).toContainEqual({ id: 'accounts-1', ok: true, count: 1, unread: 0 });
  expect(report.checks).toContainEqual({ id: 'jobs-1', ok: false, kind: 'refused', status: 400 });
  expect(report.counts).toMatchObject({
    credentials: { eligible: 2 },
    migrations: { failed: 1 },
    reminderRounds: { manual: 1 },
    reminderMessages: { deactivated: 1 },
  });
  expect(report.lastErrors).toMatchObject({
    sync: { kind: 'not_allowed', status: 403, code: '403010' },
    unread: [{ what: 'sandbox', count: 1, kind: 'not_allowed', status: 403 }],
    starts: [{ state: 'failed', kind: 'not_allowed', status: 500 }],
    channel: 'is_archived',
  });

  expect(text).not.toMatch(/planted/i);
  const settings = Object.entries(clinic.settings).filter(([name]) => name !== 'ADOBE_SANDBOXES');
  for (const [name, value] of settings) expect(text, name).not.toContain(value);
  for (const { name, owner, technicalAccountId } of others) {
    for (const each of [name, owner ?? name, technicalAccountId]) expect(text).not.toContain(each);
  }
  expect(text).not.toMatch(/@(?!slack\/)|https?:|127\.0\.0\.1|Zurich|\b[CUWT]0[A-Z0-9]{5,}/);
  expect(text).not.toContain(hostname());
  // The ordinary output does contain planted names, so the test would find them in the report.
  expect(output).toContain(SANDBOX);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('an existing file is not overwritten, and nothing is checked', async () => {
  const clinic = await startClinic();
  const file = join(clinic.folder, 'report.json');
  await writeFile(file, 'mine');
  const { code, errors } = await clinic.run({}, ['--bundle', file]);
  expect(code).toBe(1);
  expect(errors).toContain('exists already');
  expect(await readFile(file, 'utf8')).toBe('mine');
  expect(clinic.adobe.calls).toEqual([]);
});

test('a report that cannot be written is explained in words, and hides no wrong setting', async () => {
  const clinic = await startClinic();
  const args = ['--bundle', join(clinic.folder, 'nowhere', 'report.json')];
  const { code, errors } = await clinic.run({}, args);
  expect(code).toBe(1);
  expect(errors).toMatch(/could not be written \(ENOENT\): name a new file/);
  expect(await clinic.run({ PORT: 'none' }, args)).toMatchObject({ code: 78, errors });
});
