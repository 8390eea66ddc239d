import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { connect, openDatabase } from '../../src/db/database.ts';
import { schemaMigratorFor } from '../../src/db/schema.ts';
import { ADMIN } from '../support/people.ts';
import { CA_FILE, tlsFront } from '../support/proxy.ts';
import { CHANNEL, startClinic } from './setup.ts';

test('if all is well, every line begins with ✓ except the one for the message that was not requested', async () => {
  const clinic = await startClinic();
  const { code, output } = await clinic.run();
  const lines = output.trimEnd().split('\n');
  const others = lines.filter((line) => !line.startsWith('✓ '));
  expect(others).toEqual([
    '– A message to REMINDER_CHANNEL: nothing was posted; --post posts one short message',
    'Nothing is wrong. Not tried or not needed: 1.',
  ]);
  expect(lines).toContain('✓ Credentials of sandbox prod: 13 non-expiring');
  expect(lines.find((line) => line.startsWith('✓ Credentials found in both'))).toMatch(
    /19 of 20 credentials of Query Service \(1 in several sandboxes\) are .*: load-test$/,
  );
  expect(code).toBe(0);
});

test('unreadable accounts and dates are counted, and every other check succeeds', async () => {
  for (const [fault, words] of [
    ['account-unreadable', '✓ Credentials of sandbox prod: 12 non-expiring, and 1 that cannot be read'],
    [
      'date-unreadable',
      '✓ Credentials of sandbox prod: 13 non-expiring; 1 of their dates, names or owners cannot be read',
    ],
  ] as const) {
    const clinic = await startClinic();
    clinic.adobe.switchFault(fault, true);
    const { code, output } = await clinic.run();
    expect(output.split('\n')).toContain(words);
    expect(code).toBe(0);
  }
});

test('a list whose later page fails does not pass its check', async () => {
  const clinic = await startClinic();
  const account = { accountName: 'etl', technicalAccountId: '38645A7360CA3DF30A49400F' };
  const first = { accounts: [account], _links: { next: '?start=1' } };
  clinic.adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: first });
  clinic.adobe.faults.add({ on: 'accounts', kind: 'status', status: 403, times: 9 });
  const { code, output } = await clinic.run();
  expect(output).toContain('✗ Credentials of sandbox prod: ');
  expect(code).not.toBe(0);
});

test('the doctor posts, migrates and stores nothing', async () => {
  const clinic = await startClinic();
  await clinic.run();
  expect(clinic.slack.messagesSeenBy(ADMIN, CHANNEL)).toEqual([]);
  expect(
    clinic.adobe.calls.map(({ method, path }) => `${method} ${path}`).filter((call) => !/^(GET|HEAD) /.test(call)),
  ).toEqual(['POST /ims/token/v3']);
  expect(await readdir(clinic.folder)).toEqual([]);
});

test('with --post, one message is posted to the channel', async () => {
  const clinic = await startClinic();
  const { code, output } = await clinic.run({}, ['--post']);
  expect(code).toBe(0);
  expect(output).toContain('✓ A message to REMINDER_CHANNEL: posted\n');
  expect(clinic.slack.messagesSeenBy(ADMIN, CHANNEL)).toHaveLength(1);
});

test('certificates in NODE_EXTRA_CA_CERTS are trusted, as they are by the app', async () => {
  const clinic = await startClinic();
  const front = await tlsFront(clinic.adobe.url);
  onTestFinished(() => front.stop());
  const { code, wrong } = await clinic.examine({
    ...{ ADOBE_IMS_URL: front.url, ADOBE_PLATFORM_URL: front.url, ADOBE_CONSOLE_URL: front.url },
    NODE_EXTRA_CA_CERTS: fileURLToPath(CA_FILE),
  });
  expect(wrong).toEqual([]);
  expect(code).toBe(0);
  expect(front.from.length).toBeGreaterThan(0);
});

test('the doctor says that HTTP mode cannot be checked from here', async () => {
  const clinic = await startClinic();
  const { code, checks } = await clinic.examine({ SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 'doctor-signing-secret' });
  expect(code).toBe(0);
  const requests = checks.find(({ id }) => id === 'slack-requests');
  expect(requests).toMatchObject({ ok: null, detail: expect.stringContaining('cannot be checked from here') });
});

test.each(['developer-console', 'hand-off'])('MIGRATION_METHOD=%s needs no migrate path', async (method) => {
  const clinic = await startClinic();
  const { code, checks } = await clinic.examine({ MIGRATION_METHOD: method });
  expect(code).toBe(0);
  expect(checks.find(({ id }) => id === 'migrate-path')).toMatchObject({ ok: null });
  expect(clinic.adobe.calls.filter(({ path }) => path.endsWith('/migrate'))).toEqual([]);
});

test('a database of this version or an older one passes its check, and stays unchanged', async () => {
  const clinic = await startClinic();
  const current = join(clinic.folder, 'current.db');
  await (await openDatabase({ kind: 'sqlite', path: current })).destroy();
  const older = join(clinic.folder, 'older.db');
  const db = await connect({ kind: 'sqlite', path: older });
  await schemaMigratorFor(db, 'sqlite').migrateTo('005_reminder_rounds');
  await db.destroy();
  for (const [path, words] of [
    [current, 'its schema is current'],
    [older, 'the next start brings its schema up to date (006_unread'],
  ] as const) {
    const before = await readFile(path);
    const { code, checks } = await clinic.examine({ DATABASE_URL: `file:${path}` });
    expect(code).toBe(0);
    expect(checks.find(({ id }) => id === 'database')).toMatchObject({
      ok: true,
      detail: expect.stringContaining(words),
    });
    expect((await readFile(path)).equals(before), path).toBe(true);
  }
});

test('the doctor says that the first start creates a missing file, and does not create it', async () => {
  const clinic = await startClinic();
  const path = join(clinic.folder, 'a folder', 'qs-creds.db');
  const { checks } = await clinic.examine({ DATABASE_URL: `file:${path}` });
  expect(checks.find(({ id }) => id === 'database')).toMatchObject({
    ok: true,
    detail: 'it does not exist yet; the first start creates it',
  });
  expect(existsSync(join(path, '..'))).toBe(false);
});

test('an unknown option is an error, and the help is shown', async () => {
  const clinic = await startClinic();
  const { code, output, errors } = await clinic.run({}, ['--fix']);
  expect(code).toBe(1);
  expect(output).toBe('');
  expect(errors).toMatch(/--fix[\s\S]*--bundle FILE/);
  expect(clinic.adobe.calls).toEqual([]);
});

test('the help option checks nothing', async () => {
  const clinic = await startClinic();
  const { code, output } = await clinic.run({}, ['--help']);
  expect(code).toBe(0);
  expect(output).toMatch(/^npm run doctor/);
  expect(clinic.adobe.calls).toEqual([]);
});
