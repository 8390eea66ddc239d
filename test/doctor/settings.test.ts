import { expect, test } from 'vitest';
import { faultOf } from '../../src/doctor/faults.ts';
import { type Check, closedAddress, startClinic } from './setup.ts';

test('several wrong settings are named at once, and checks that do not need them still run', async () => {
  const clinic = await startClinic();
  const { code, wrong, checks } = await clinic.examine({
    SLACK_BOT_TOKEN: 'planted-bot-token',
    ADOBE_ORG_ID: 'planted',
    REMINDER_CRON: 'planted',
    MIGRATION_POLL_SECONDS: '-1',
    https_proxy: 'socks5://planted.example',
  });
  expect(code).toBe(78);
  expect(wrong.map(({ id }) => id)).toEqual([
    'setting:SLACK_BOT_TOKEN',
    'setting:ADOBE_ORG_ID',
    'setting:MIGRATION_POLL_SECONDS',
    'setting:REMINDER_CRON',
    'setting:HTTPS_PROXY',
  ]);
  for (const { fix } of wrong) expect(fix).toMatch(/\.$/);
  expect(JSON.stringify(checks)).not.toContain('planted');
  const ends = byEnd(checks);
  expect(ends.well).toEqual(expect.arrayContaining(['database', 'clock', 'slack-requests', 'adobe-token']));
  expect(ends.open).toEqual(expect.arrayContaining(['slack-token', 'slack-scopes', 'accounts-1', 'console', 'join']));
});

test('the advice fits the fault: only for an id does it say where the value is found', async () => {
  const clinic = await startClinic();
  const { wrong } = await clinic.examine({ WATCH_HOURS: '-1', MIGRATORS: 'someone', REMINDER_CHANNEL: 'general' });
  expect(Object.fromEntries(wrong.map(({ id, fix }) => [id, fix]))).toEqual({
    'setting:WATCH_HOURS': 'Correct it: .env.example says what it is for.',
    'setting:MIGRATORS': 'Correct it: .env.example says where its value is found.',
    'setting:REMINDER_CHANNEL': 'Correct it: .env.example says where its value is found.',
  });
  expect(faultOf(new Error('unforeseen')).fix).toBe('Try again; if it stays, --bundle FILE writes a report to share.');
});

test('without any settings, all missing ones are named, and nothing else fails', async () => {
  const clinic = await startClinic();
  const closed = await closedAddress();
  const nothing = Object.fromEntries(Object.keys(clinic.settings).map((name) => [name, '']));
  const { code, wrong } = await clinic.examine({
    ...nothing,
    DATABASE_URL: clinic.settings['DATABASE_URL'] ?? '',
    SLACK_API_URL: `${closed}/api/`,
    ADOBE_IMS_URL: closed,
  });
  expect(code).toBe(78);
  expect(wrong.map(({ id }) => id)).toEqual([
    'setting:SLACK_BOT_TOKEN',
    'setting:SLACK_SIGNING_SECRET',
    'setting:ADOBE_CLIENT_ID',
    'setting:ADOBE_CLIENT_SECRET',
    'setting:ADOBE_ORG_ID',
  ]);
});

function byEnd(checks: readonly Check[]): { well: string[]; open: string[] } {
  const ids = (ok: boolean | null) => checks.filter((check) => check.ok === ok).map(({ id }) => id);
  return { well: ids(true), open: ids(null) };
}
