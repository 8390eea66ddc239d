import { expect, test } from 'vitest';
import { readConfig, readDatabaseSettings } from '../../src/config/config.ts';
import { ENVIRONMENT_NAMES } from '../../src/config/schema.ts';
import { errors, REQUIRED } from './setup.ts';

/** A value of every setting. */
const GIVEN = {
  ...REQUIRED,
  PORT: '3001',
  OPERATIONS_PORT: '9090',
  LISTEN_ADDRESS: '127.0.0.1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_API_URL: 'https://slack.example/api/',
  ADOBE_SCOPES: 'openid,AdobeID',
  ADOBE_IMS_URL: 'https://ims.example',
  ADOBE_PLATFORM_URL: 'https://platform.example',
  ADOBE_CONSOLE_URL: 'https://console.example',
  ADOBE_SANDBOXES: 'prod, emea',
  PRODUCTION_SANDBOXES: 'emea',
  MIGRATION_METHOD: 'query-service',
  ADOBE_UI_URL: 'https://experience.adobe.com/#/@org/sname:{sandbox}/platform',
  ADOBE_MIGRATE_PATH: '/x/{technicalAccountId}',
  MIGRATION_POLL_SECONDS: '7',
  MIGRATION_EXPECTED_SECONDS: '8',
  MIGRATION_TIMEOUT_SECONDS: '90',
  WATCH_HOURS: '12',
  MIGRATORS: 'U0ADMIN, S0GROUP',
  REQUIRE_SECOND_PERSON: 'true',
  DATABASE_URL: 'file:x.db',
  DEADLINE: '2026-01-02',
  REMINDER_CHANNEL: 'C0DATA',
  REMINDER_CRON: '1 9 * * *',
  REMINDER_TIMEZONE: 'Europe/Berlin',
  REMINDER_DAYS: '7,1',
  SYNC_CRON: '0 * * * *',
  HTTPS_PROXY: 'http://proxy.example/',
  HTTP_PROXY: 'http://proxy.example/',
  NO_PROXY: '.example',
  NODE_EXTRA_CA_CERTS: 'test/fixtures/tls/ca.pem',
  DRY_RUN: 'true',
  LOG_LEVEL: 'warn',
} satisfies Record<(typeof ENVIRONMENT_NAMES)[number], string>;

const changed = (change: (value: string) => string) =>
  Object.fromEntries(Object.entries(GIVEN).map(([name, value]) => [name, change(value)]));

test.each([
  ['double quotation marks', (value: string) => `"${value}"`],
  ['single quotation marks', (value: string) => `'${value}'`],
  ['double quotation marks and spaces', (value: string) => ` " ${value} "\r\n`],
])('a pair of %s around the whole value is removed from every setting', (_, quoted) => {
  expect(Object.keys(GIVEN).sort()).toEqual([...ENVIRONMENT_NAMES].sort());
  expect(readConfig(changed(quoted))).toEqual(readConfig(GIVEN));
  expect(readDatabaseSettings(changed(quoted))).toEqual({ kind: 'sqlite', path: 'x.db' });
});

test.each([
  ['only before a value', (value: string) => `"${value}`],
  ['only after a value', (value: string) => `${value}'`],
  ['of two kinds around a value', (value: string) => `"${value}'`],
  ['in two pairs around parts of a value', (value: string) => `"${value}","${value}"`],
])('quotation marks %s are rejected with the name of the variable', (_, quoted) => {
  for (const [name, value] of Object.entries(GIVEN)) {
    expect(errors({ ...GIVEN, [name]: quoted(value) }).filter((line) => line.startsWith(`${name} `))).toEqual([
      `${name} has quotation marks that are not one pair around the whole value: remove them.`,
    ]);
  }
});

test('empty quotation marks count as not set', () => {
  expect(readConfig({ ...GIVEN, SLACK_APP_TOKEN: '""' }).slack.mode).toEqual({
    kind: 'http',
    signingSecret: 'signing',
  });
});
