import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readConfig, type Settings } from '../../src/config/config.ts';
import { ENVIRONMENT_NAMES } from '../../src/config/schema.ts';
import { errors, failure, REQUIRED, read } from './setup.ts';

test('applies the defaults', () => {
  expect(read({})).toEqual({
    slack: { botToken: 'xoxb-bot', mode: { kind: 'http', signingSecret: 'signing' }, apiUrl: 'https://slack.com/api/' },
    adobe: {
      clientId: 'client',
      clientSecret: 'p8e-secret',
      orgId: '0A1B@AdobeOrg',
      scopes: [
        ...['openid', 'AdobeID', 'read_organizations', 'additional_info.projectedProductContext'],
        ...['additional_info.roles', 'adobeio_api', 'session'],
      ],
      imsUrl: 'https://ims-na1.adobelogin.com',
      platformUrl: 'https://platform.adobe.io',
      consoleUrl: 'https://developers.adobe.io',
      sandboxes: ['prod'],
      productionSandboxes: null,
    },
    migration: {
      method: 'query-service',
      dryRun: false,
      uiUrl: 'https://experience.adobe.com/#/platform',
      path: '/data/foundation/queryauth/accounts/{technicalAccountId}/migrate',
      pollMs: 5000,
      expectedMs: 40_000,
      timeoutMs: 300_000,
    },
    watch: { lengthMs: 24 * 60 * 60 * 1000 },
    access: { migrators: { users: [], groups: [] }, requireSecondPerson: false },
    database: { kind: 'sqlite', path: './data/qs-creds.db' },
    reminders: {
      deadline: '2025-06-30',
      channel: null,
      cron: '0 9 * * 1-5',
      timeZone: 'UTC',
      days: [60, 30, 14, 7, 3, 2, 1, 0],
    },
    sync: { cron: '*/15 * * * *' },
    port: 3000,
    operationsPort: null,
    listenAddress: null,
    proxy: {},
    extraCertificates: null,
    logLevel: 'info',
    warnings: [],
  } satisfies Settings);
});

describe('.env.example', () => {
  const source = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const example = parseEnv(source);

  test('needs exactly the values that the README says to fill in, for Socket Mode', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, sentence = ''] = /^\*\*3\. Settings\.\*\* .*? fill in (.*?)\. /ms.exec(readme) ?? [];
    const names = [...sentence.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name);
    const values: Partial<Record<string, string>> = {
      ...REQUIRED,
      SLACK_APP_TOKEN: 'xapp-app',
      ADOBE_SANDBOXES: 'prod',
    };
    const filled = Object.fromEntries(names.map((name) => [name, values[name]]));
    expect(readConfig({ ...example, ...filled }).slack.mode).toMatchObject({ kind: 'socket' });
    const withDefault = names.filter((name) => example[name] !== '');
    expect(withDefault).toEqual(['ADOBE_SANDBOXES']);
    for (const name of names.filter((each) => !withDefault.includes(each))) {
      expect(() => readConfig({ ...example, ...filled, [name]: '' }), name).toThrow(/is missing/);
    }
  });

  test('lists exactly the existing variables, in order', () => {
    const names = [...source.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(names).toEqual(ENVIRONMENT_NAMES);
  });

  test('contains the defaults; only variables without a default are empty', () => {
    const filled = Object.fromEntries(Object.entries(example).filter(([, value]) => value !== ''));
    expect(read(filled)).toEqual(read({}));
    const empty = Object.keys(example).filter((name) => example[name] === '');
    expect(empty.sort()).toEqual(
      [
        ...Object.keys(REQUIRED),
        'LISTEN_ADDRESS',
        'OPERATIONS_PORT',
        'SLACK_APP_TOKEN',
        'PRODUCTION_SANDBOXES',
        'MIGRATORS',
        'REMINDER_CHANNEL',
        'HTTPS_PROXY',
        'HTTP_PROXY',
        'NO_PROXY',
        'NODE_EXTRA_CA_CERTS',
      ].sort(),
    );
  });
});

describe('values', () => {
  const cases: [NodeJS.ProcessEnv, (settings: Settings) => unknown, unknown][] = [
    [{ SLACK_BOT_TOKEN: '  xoxb-1\n' }, (s) => s.slack.botToken, 'xoxb-1'],
    [{ PORT: ' ' }, (s) => s.port, 3000],
    [{ PORT: '0' }, (s) => s.port, 0],
    [{ PORT: '65535' }, (s) => s.port, 65_535],
    [{ OPERATIONS_PORT: '9090' }, (s) => s.operationsPort, 9090],
    [{ PORT: '0', OPERATIONS_PORT: '0' }, (s) => s.operationsPort, 0],
    [{}, (s) => s.listenAddress, null],
    [{ LISTEN_ADDRESS: '::1' }, (s) => s.listenAddress, '::1'],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, (s) => s.slack.mode, { kind: 'socket', appToken: 'xapp-1' }],
    [
      { SLACK_APP_TOKEN: 'xapp-1', SLACK_SIGNING_SECRET: '' },
      (s) => s.slack.mode,
      { kind: 'socket', appToken: 'xapp-1' },
    ],
    [{ SLACK_API_URL: 'http://127.0.0.1:9/api' }, (s) => s.slack.apiUrl, 'http://127.0.0.1:9/api/'],
    [{ SLACK_API_URL: 'http://localhost:9/api//' }, (s) => s.slack.apiUrl, 'http://localhost:9/api/'],
    [{ ADOBE_IMS_URL: 'http://[::1]:9/' }, (s) => s.adobe.imsUrl, 'http://[::1]:9'],
    [{ ADOBE_PLATFORM_URL: 'http://127.9.9.9/a/b/' }, (s) => s.adobe.platformUrl, 'http://127.9.9.9/a/b'],
    [{ ADOBE_SCOPES: 'openid, AdobeID,' }, (s) => s.adobe.scopes, ['openid', 'AdobeID']],
    [{ ADOBE_SANDBOXES: 'dev-1, prod,dev-1' }, (s) => s.adobe.sandboxes, ['dev-1', 'prod']],
    [{ ADOBE_SANDBOXES: 'a,b', PRODUCTION_SANDBOXES: ' b,' }, (s) => s.adobe.productionSandboxes, ['b']],
    [{ ADOBE_MIGRATE_PATH: '/x/{technicalAccountId}?a=b' }, (s) => s.migration.path, '/x/{technicalAccountId}?a=b'],
    [{ MIGRATION_POLL_SECONDS: '0.2' }, (s) => s.migration.pollMs, 200],
    [{ MIGRATION_EXPECTED_SECONDS: '300' }, (s) => s.migration.expectedMs, 300_000],
    [
      { MIGRATORS: 'U0ADMIN, S0GROUP,W0OTHER' },
      (s) => s.access.migrators,
      { users: ['U0ADMIN', 'W0OTHER'], groups: ['S0GROUP'] },
    ],
    [{ REQUIRE_SECOND_PERSON: 'true', MIGRATORS: 'S0GROUP' }, (s) => s.access.requireSecondPerson, true],
    [{ REQUIRE_SECOND_PERSON: 'true', MIGRATORS: 'U0A12,U0B12' }, (s) => s.access.requireSecondPerson, true],
    [{ REQUIRE_SECOND_PERSON: 'true' }, (s) => s.access.requireSecondPerson, true],
    [{ DATABASE_URL: 'file:data/x.db' }, (s) => s.database, { kind: 'sqlite', path: 'data/x.db' }],
    [{ DATABASE_URL: 'file:/srv/x.db' }, (s) => s.database, { kind: 'sqlite', path: '/srv/x.db' }],
    [{ DATABASE_URL: 'file:///srv/x%20y.db' }, (s) => s.database, { kind: 'sqlite', path: '/srv/x y.db' }],
    [{ DATABASE_URL: 'file::memory:' }, (s) => s.database, { kind: 'sqlite', path: ':memory:' }],
    [
      { DATABASE_URL: 'postgres://u:p%40@h/db' },
      (s) => s.database,
      { kind: 'postgres', url: 'postgres://u:p%40@h/db' },
    ],
    [{ DATABASE_URL: 'postgresql:///db?host=/run/pg' }, (s) => s.database.kind, 'postgres'],
    [{ DEADLINE: '2028-02-29' }, (s) => s.reminders.deadline, '2028-02-29'],
    [{ REMINDER_CHANNEL: 'C0DATA' }, (s) => s.reminders.channel, 'C0DATA'],
    [{ REMINDER_TIMEZONE: 'Europe/Berlin' }, (s) => s.reminders.timeZone, 'Europe/Berlin'],
    [{ REMINDER_DAYS: '1, 7,0,07' }, (s) => s.reminders.days, [7, 1, 0]],
    [{ SYNC_CRON: '0 * * * *' }, (s) => s.sync.cron, '0 * * * *'],
    [{ HTTPS_PROXY: 'proxy.example:8080' }, (s) => s.proxy, { HTTPS_PROXY: 'http://proxy.example:8080/' }],
    [
      { https_proxy: 'http://u:p%40@proxy.example', HTTPS_PROXY: 'http://other.example', no_proxy: '.example' },
      (s) => s.proxy,
      { HTTPS_PROXY: 'http://u:p%40@proxy.example/', NO_PROXY: '.example' },
    ],
    [{ http_proxy: 'https://proxy.example' }, (s) => s.proxy, { HTTP_PROXY: 'https://proxy.example/' }],
    [{ NODE_EXTRA_CA_CERTS: 'test/fixtures/tls/ca.pem' }, (s) => s.extraCertificates, 'test/fixtures/tls/ca.pem'],
    [{ LOG_LEVEL: 'silent' }, (s) => s.logLevel, 'silent'],
  ];
  test('are trimmed, converted and deduplicated', () => {
    const outcomes = cases.map(([env, pick]) => ({ env, value: pick(read(env)) }));
    expect(outcomes).toEqual(cases.map(([env, , value]) => ({ env, value })));
  });
});

describe('errors', () => {
  const cases: [NodeJS.ProcessEnv, RegExp][] = [
    [{ SLACK_BOT_TOKEN: 'xoxp-BAD' }, /^SLACK_BOT_TOKEN must start with xoxb-: set it to .* OAuth & Permissions\.$/],
    [{ SLACK_BOT_TOKEN: 'xoxb-BAD x' }, /^SLACK_BOT_TOKEN must start with xoxb-/],
    [{ SLACK_SIGNING_SECRET: 'BAD BAD' }, /^SLACK_SIGNING_SECRET must not contain spaces/],
    [
      { SLACK_SIGNING_SECRET: '' },
      /^SLACK_SIGNING_SECRET is missing: .*Signing Secret from api\.slack\.com\/apps.*, or set SLACK_APP_TOKEN for Socket Mode\.$/,
    ],
    [{ SLACK_APP_TOKEN: 'xoxb-BAD' }, /^SLACK_APP_TOKEN must start with xapp-: .*Basic Information/],
    [{ PORT: 'BAD' }, /^PORT must be a port number/],
    [{ PORT: '65536' }, /^PORT must be a port number/],
    [{ PORT: '-1' }, /^PORT must be a port number/],
    [{ PORT: '80.5' }, /^PORT must be a port number/],
    [{ OPERATIONS_PORT: 'BAD' }, /^OPERATIONS_PORT must be a port number/],
    [{ OPERATIONS_PORT: '3000' }, /^OPERATIONS_PORT must differ from PORT, or be empty\.$/],
    [{ LISTEN_ADDRESS: 'BAD' }, /^LISTEN_ADDRESS must be an IP address of this machine, such as 127\.0\.0\.1/],
    [{ SLACK_API_URL: 'BAD' }, /^SLACK_API_URL must be an address such as https:\/\/slack\.com\/api\/\.$/],
    [{ SLACK_API_URL: 'ftp://BAD' }, /^SLACK_API_URL must be an address/],
    [
      { ADOBE_IMS_URL: 'http://BAD.example' },
      /^ADOBE_IMS_URL must start with https:\/\/, since secrets are sent there/,
    ],
    [{ ADOBE_IMS_URL: 'http://127.0.0.1.BAD.example' }, /^ADOBE_IMS_URL must start with https/],
    [{ ADOBE_PLATFORM_URL: 'https://u:BAD@x.example' }, /^ADOBE_PLATFORM_URL must be a plain address/],
    [{ ADOBE_CONSOLE_URL: 'https://x.example/?BAD' }, /^ADOBE_CONSOLE_URL must be a plain address/],
    [
      { ADOBE_CLIENT_ID: '' },
      /^ADOBE_CLIENT_ID is missing: .*developer\.adobe\.com\/console .* OAuth Server-to-Server\.$/,
    ],
    [{ ADOBE_CLIENT_SECRET: 'BAD\nBAD' }, /^ADOBE_CLIENT_SECRET must not contain spaces/],
    [{ ADOBE_ORG_ID: 'BAD' }, /^ADOBE_ORG_ID must end in @AdobeOrg/],
    [{ ADOBE_SCOPES: ',' }, /^ADOBE_SCOPES must be a comma-separated list/],
    [{ ADOBE_SANDBOXES: 'prod,BAD' }, /^ADOBE_SANDBOXES must be a comma-separated list/],
    [
      { PRODUCTION_SANDBOXES: ',' },
      /^PRODUCTION_SANDBOXES must be a comma-separated list of names from ADOBE_SANDBOXES/,
    ],
    [
      { ADOBE_SANDBOXES: 'prod,emea-live', PRODUCTION_SANDBOXES: 'prod,emea-LIV' },
      /^PRODUCTION_SANDBOXES may only .* its entry 2 is not one of them: did you mean emea-live\?$/,
    ],
    [
      { PRODUCTION_SANDBOXES: 'BAD-BAD' },
      /^PRODUCTION_SANDBOXES may only .* its entry 1 is not one of them: add it there as well\.$/,
    ],
    [{ MIGRATION_METHOD: 'BAD' }, /^MIGRATION_METHOD must be one of query-service, developer-console, hand-off\.$/],
    [{ ADOBE_UI_URL: 'BAD' }, /^ADOBE_UI_URL must be the address of a page, .* and start with https:/],
    [{ ADOBE_UI_URL: 'http://adobe.example/BAD' }, /^ADOBE_UI_URL must be the address of a page/],
    [{ ADOBE_UI_URL: 'https://adobe.example/{BAD}' }, /^ADOBE_UI_URL must be the address of a page/],
    [{ ADOBE_UI_URL: 'https://BAD:BAD@adobe.example/' }, /^ADOBE_UI_URL must be the address of a page/],
    [{ ADOBE_MIGRATE_PATH: '/BAD' }, /^ADOBE_MIGRATE_PATH must be a path .* \{technicalAccountId\}\.$/],
    [{ ADOBE_MIGRATE_PATH: 'BAD/{technicalAccountId}' }, /^ADOBE_MIGRATE_PATH must be a path/],
    [{ ADOBE_MIGRATE_PATH: '//BAD/{technicalAccountId}' }, /^ADOBE_MIGRATE_PATH must be a path/],
    [{ MIGRATION_POLL_SECONDS: '0' }, /^MIGRATION_POLL_SECONDS must be a number of seconds from 0\.01 to 60/],
    [{ MIGRATION_POLL_SECONDS: '1e3' }, /^MIGRATION_POLL_SECONDS must be a number of seconds/],
    [{ MIGRATION_POLL_SECONDS: '61' }, /^MIGRATION_POLL_SECONDS must be a number of seconds/],
    [{ MIGRATION_TIMEOUT_SECONDS: '3601' }, /^MIGRATION_TIMEOUT_SECONDS must be a number of seconds/],
    [
      { MIGRATION_EXPECTED_SECONDS: '300.1' },
      /^MIGRATION_EXPECTED_SECONDS must not exceed MIGRATION_TIMEOUT_SECONDS\.$/,
    ],
    [{ MIGRATION_POLL_SECONDS: '50', MIGRATION_TIMEOUT_SECONDS: '45' }, /^MIGRATION_POLL_SECONDS must not exceed/],
    [{ MIGRATORS: 'U0ADMIN,@BAD' }, /^MIGRATORS must be a comma-separated list of Slack user ids/],
    [{ MIGRATORS: ' , ' }, /^MIGRATORS must be a comma-separated list/],
    [{ REQUIRE_SECOND_PERSON: 'yes' }, /^REQUIRE_SECOND_PERSON must be true or false\.$/],
    [
      { MIGRATORS: 'U0BAD', REQUIRE_SECOND_PERSON: 'true' },
      /^REQUIRE_SECOND_PERSON needs a second person, but MIGRATORS/,
    ],
    [{ DATABASE_URL: 'mysql://u:BAD@h/d' }, /^DATABASE_URL must be file:/],
    [{ DATABASE_URL: 'file:' }, /^DATABASE_URL must be file:/],
    [{ DATABASE_URL: 'file:x.db?mode=BAD' }, /^DATABASE_URL must be file:/],
    [{ DATABASE_URL: 'file://BAD/x.db' }, /^DATABASE_URL must be file:/],
    [{ DATABASE_URL: 'postgres://u:BAD%zz@h/d' }, /^DATABASE_URL must be file:.* URL-encoded\.$/],
    // A plain / in a password would turn the text before it into a host.
    [{ DATABASE_URL: 'postgres://u:1@BAD/2@h/d' }, /^DATABASE_URL must be file:.* URL-encoded\.$/],
    [{ DATABASE_URL: 'postgres://u:1@BAD#2@h/d' }, /^DATABASE_URL must be file:.* URL-encoded\.$/],
    [{ DATABASE_URL: 'postgres://u:1@BAD?2@h/d' }, /^DATABASE_URL must be file:.* URL-encoded\.$/],
    [{ DEADLINE: '2025-02-30' }, /^DEADLINE must be an existing date/],
    [{ DEADLINE: '30.06.2025' }, /^DEADLINE must be an existing date/],
    [{ REMINDER_CHANNEL: '#BAD' }, /^REMINDER_CHANNEL must be a Slack channel id/],
    [{ REMINDER_CRON: '0 9 * * 8-BAD' }, /^REMINDER_CRON must be a cron expression .* "0 9 \* \* 1-5"\.$/],
    [{ SYNC_CRON: '99 * * * *' }, /^SYNC_CRON must be a cron expression/],
    [{ REMINDER_TIMEZONE: 'BAD/City' }, /^REMINDER_TIMEZONE must be a time zone name/],
    [{ REMINDER_TIMEZONE: '+02:00' }, /^REMINDER_TIMEZONE must be a time zone name/],
    [{ REMINDER_DAYS: '7,-1' }, /^REMINDER_DAYS must be a comma-separated list of whole days/],
    [{ REMINDER_DAYS: '7,1.5' }, /^REMINDER_DAYS must be a comma-separated list of whole days/],
    [{ HTTPS_PROXY: 'socks5://BAD:1080' }, /^HTTPS_PROXY must be the address of an HTTP proxy, such as http:/],
    [{ HTTP_PROXY: 'http://u:BAD%zz@h' }, /^HTTP_PROXY must be the address of an HTTP proxy/],
    [
      { NODE_EXTRA_CA_CERTS: 'test/fixtures/tls/damaged.pem' },
      /^NODE_EXTRA_CA_CERTS must be a PEM file with certificates/,
    ],
    [{ NODE_EXTRA_CA_CERTS: 'package.json' }, /^NODE_EXTRA_CA_CERTS must be a PEM file with certificates/],
    [{ NODE_EXTRA_CA_CERTS: '/BAD.pem' }, /^NODE_EXTRA_CA_CERTS must be a PEM file with certificates/],
    [{ LOG_LEVEL: 'BAD' }, /^LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent\.$/],
  ];
  test('name the variable and what to set, in one line without the value', () => {
    const wrong = cases.flatMap(([env, expected]) => {
      const lines = errors(env);
      const right = lines.length === 1 && lines.every((line) => expected.test(line) && !/BAD|\n/.test(line));
      return right ? [] : [{ env, expected, lines }];
    });
    expect(wrong).toEqual([]);
  });

  test('are reported all at once, in the order of .env.example', () => {
    const env = { LOG_LEVEL: 'loud', MIGRATION_EXPECTED_SECONDS: '400', SLACK_SIGNIN_SECRET: 'x' };
    const error = failure(env);
    expect(error.errors.map((line) => line.split(' ', 1)[0])).toEqual([
      'SLACK_BOT_TOKEN',
      'SLACK_SIGNING_SECRET',
      'ADOBE_CLIENT_ID',
      'ADOBE_CLIENT_SECRET',
      'ADOBE_ORG_ID',
      'MIGRATION_EXPECTED_SECONDS',
      'LOG_LEVEL',
    ]);
    expect(error.warnings).toHaveLength(1);
    expect(error.message.split('\n')).toEqual([...error.errors, ...error.warnings]);
  });
});
