import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import { openDatabase } from '../../src/db/database.ts';
import { SCOPES } from '../../src/slack/health.ts';
import { TestProxy, tlsFront } from '../support/proxy.ts';
import { type Clinic, closedAddress, OTHER_CHANNEL, startClinic } from './setup.ts';

type Options = Parameters<Clinic['examine']>[1];

/** A set-up with one thing broken, and what the doctor must say about it. */
interface Broken {
  readonly what: string;
  readonly start?: Parameters<typeof startClinic>[0];
  /** Breaks it, and returns the settings that this needs. */
  readonly by?: (clinic: Clinic) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  readonly options?: Options;
  /** The ids of all checks that fail. */
  readonly wrong: readonly string[];
  /** The detail and the fix of the first one. */
  readonly says: RegExp;
  readonly fix: RegExp;
  readonly code?: number;
}

const seed = seedOrganisation();
const NOBODY = 65_534;

const BROKEN: readonly Broken[] = [
  {
    what: 'a wrong bot token',
    by: () => ({ SLACK_BOT_TOKEN: 'xoxb-another' }),
    wrong: ['slack-token'],
    says: /SLACK_BOT_TOKEN was rejected by Slack \(invalid_auth\)/,
    fix: /^Set it to the Bot User OAuth Token from api\.slack\.com/,
  },
  {
    what: 'a missing scope',
    start: { slack: { scopes: SCOPES.filter((scope) => scope !== 'users:read.email') } },
    wrong: ['slack-scopes'],
    says: /^missing: users:read\.email \(owners are found by their email/,
    fix: /^Add it at api\.slack\.com.* and reinstall the app\.$/,
  },
  {
    what: 'a channel without the app',
    by: () => ({ REMINDER_CHANNEL: OTHER_CHANNEL }),
    wrong: ['slack-channel'],
    says: /the app is not in it/,
    fix: /\/invite @qs-creds/,
  },
  {
    what: 'a channel that does not exist',
    by: () => ({ REMINDER_CHANNEL: 'C0NOWHERE1' }),
    wrong: ['slack-channel'],
    says: /Slack does not show this channel/,
    fix: /Check the id/,
  },
  {
    what: 'a wrong app token',
    by: () => ({ SLACK_APP_TOKEN: 'xapp-another' }),
    wrong: ['slack-requests'],
    says: /SLACK_APP_TOKEN was rejected by Slack \(invalid_auth\)/,
    fix: /App-Level Token with connections:write/,
  },
  {
    what: 'a Slack that cannot be reached',
    by: async () => ({ SLACK_API_URL: `${await closedAddress()}/api/` }),
    wrong: ['slack-token', 'slack-requests'],
    says: /could not be reached at http:\/\/127\.0\.0\.1:\d+\/api\/: ECONNREFUSED/,
    fix: /^Check SLACK_API_URL/,
  },
  {
    what: 'a user group that Slack does not know',
    by: () => ({ MIGRATORS: 'S0NOWHERE1' }),
    wrong: ['slack-migrators'],
    says: /S0NOWHERE1 \(no_such_subteam\)/,
    fix: /MIGRATORS/,
  },
  {
    what: 'a clock that is an hour ahead',
    options: { aheadMs: 3_600_000 },
    wrong: ['clock'],
    says: /^3(599|600) s ahead of/,
    fix: /^Set this machine's clock/,
  },
  {
    what: 'a wrong client secret',
    by: () => ({ ADOBE_CLIENT_SECRET: 'another' }),
    wrong: ['adobe-token'],
    says: /invalid_client/,
    fix: /ADOBE_CLIENT_SECRET/,
  },
  {
    what: 'a scope that the project lacks',
    by: () => ({ ADOBE_SCOPES: 'openid,no_such_scope' }),
    wrong: ['adobe-token'],
    says: /invalid_scope/,
    fix: /ADOBE_SCOPES/,
  },
  {
    what: 'the id of another organisation',
    by: () => ({ ADOBE_ORG_ID: 'ANOTHER@AdobeOrg', ADOBE_SANDBOXES: 'dev' }),
    wrong: ['accounts-1', 'console'],
    says: /403025/,
    fix: /^Check that ADOBE_ORG_ID is/,
  },
  {
    what: 'a misspelt sandbox',
    by: () => ({ ADOBE_SANDBOXES: 'prod,sandbx' }),
    wrong: ['accounts-2'],
    says: /sandbx.*400/,
    fix: /^Check the spelling in ADOBE_SANDBOXES/,
  },
  {
    what: 'a sandbox that is denied to the app',
    by: ({ adobe }) => {
      adobe.switchFault('sandbox-refused', true);
      return {};
    },
    wrong: ['accounts-3'],
    says: /stage.*403/,
    fix: /product profile .* includes this sandbox/,
  },
  {
    what: 'a project without the I/O Management API',
    by: ({ adobe }) => {
      adobe.switchFault('api-missing', true);
      return {};
    },
    wrong: ['console'],
    says: /403003/,
    fix: /I\/O Management API/,
  },
  {
    what: 'a migrate path that Adobe does not serve',
    by: () => ({ ADOBE_MIGRATE_PATH: '/data/foundation/queryauth/{technicalAccountId}/go' }),
    wrong: ['migrate-path'],
    says: /404.*proves little/,
    fix: /network tab.*MIGRATION_METHOD/,
  },
  {
    what: 'an address that is not that of the Developer Console',
    by: ({ adobe }) => ({ ADOBE_CONSOLE_URL: `${adobe.url}/elsewhere` }),
    wrong: ['console'],
    says: /404/,
    fix: /^Check ADOBE_CONSOLE_URL/,
  },
  {
    what: 'an Adobe that does not respond',
    by: ({ adobe }) => {
      adobe.faults.add({ on: 'token', kind: 'hang', ms: 60_000 });
      return {};
    },
    options: { timeoutMs: 1_000 },
    wrong: ['adobe-token'],
    says: /^no response within 1 s$/,
    fix: /HTTPS_PROXY/,
  },
  {
    what: 'a Platform that cannot be reached',
    by: async () => ({ ADOBE_PLATFORM_URL: await closedAddress(), ADOBE_SANDBOXES: 'dev' }),
    wrong: ['accounts-1', 'migrate-path'],
    says: /could not be reached/,
    fix: /^No connection was possible: check ADOBE_PLATFORM_URL, the firewall/,
  },
  {
    what: 'credentials that the Developer Console does not know',
    start: {
      adobe: { seed: { ...seed, credentials: seed.credentials.map((each) => ({ ...each, consoleId: null })) } },
    },
    wrong: ['join'],
    says: /^none of 20 /,
    fix: /ADOBE_ORG_ID/,
  },
  {
    what: 'a PostgreSQL that cannot be reached',
    by: () => ({ DATABASE_URL: 'postgres://user:planted-password@127.0.0.1:1/name' }),
    wrong: ['database'],
    says: /PostgreSQL cannot be reached/,
    fix: /^Check DATABASE_URL.*ECONNREFUSED/,
  },
  {
    what: 'a database of a newer version',
    by: async ({ folder }) => {
      const path = join(folder, 'newer.db');
      const db = await openDatabase({ kind: 'sqlite', path });
      await sql`insert into schema_changes (name, timestamp) values ('999_later', '2030-01-01')`.execute(db);
      await db.destroy();
      return { DATABASE_URL: `file:${path}` };
    },
    wrong: ['database'],
    says: /newer version of qs-creds \(999_later\)/,
    fix: /^Start that version/,
  },
  {
    what: 'a file that is not a database',
    by: () => ({ DATABASE_URL: `file:${join(import.meta.dirname, 'setup.ts')}` }),
    wrong: ['database'],
    says: /is not an SQLite database$/,
    fix: /^Give the path of another one, or restore a backup\.$/,
  },
  {
    what: 'certificates of an unknown authority',
    by: async ({ adobe, slack }) => {
      const front = await tlsFront(adobe.url);
      onTestFinished(() => front.stop());
      // The address that Slack returns for Socket Mode.
      slack.publicUrl = front.url;
      return { ADOBE_IMS_URL: front.url };
    },
    wrong: ['slack-requests', 'adobe-token'],
    says: /Socket Mode did not connect/,
    fix: /NODE_EXTRA_CA_CERTS/,
  },
  {
    what: 'a proxy that refuses connections',
    by: async () => {
      const proxy = new TestProxy();
      proxy.treatment = { status: 407 };
      onTestFinished(() => proxy.stop());
      const HTTPS_PROXY = await proxy.start();
      return { HTTPS_PROXY, SLACK_API_URL: 'https://slack.example/api/', ADOBE_IMS_URL: 'https://ims.example' };
    },
    wrong: ['slack-token', 'slack-requests', 'adobe-token'],
    says: /the proxy did not let it through/,
    fix: /^Check HTTPS_PROXY, its user name and password/,
  },
  {
    what: 'a proxy that is not there',
    by: async () => ({ HTTPS_PROXY: await closedAddress() }),
    wrong: ['proxy'],
    says: /no connection to 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
    fix: /^Check HTTPS_PROXY/,
  },
  {
    what: 'a platform that deletes files',
    by: () => ({ DYNO: 'web.1' }),
    wrong: ['disk'],
    says: /Heroku deletes files/,
    fix: /postgres:\/\//,
  },
  {
    what: 'a misspelt name of a setting',
    by: () => ({ REMINDER_DAY: '3' }),
    wrong: ['misspelling'],
    says: /REMINDER_DAY is not a setting/,
    fix: /^Rename it to REMINDER_DAYS/,
  },
];

test.each(BROKEN)(
  'the doctor names $what, and the fix for it',
  async ({ start, by, options, wrong, says, fix, code }) => {
    const clinic = await startClinic(start);
    const found = await clinic.examine((await by?.(clinic)) ?? {}, options ?? {});
    expect(found.wrong.map(({ id }) => id)).toEqual(wrong);
    expect(found.wrong[0]?.detail).toMatch(says);
    expect(found.wrong[0]?.fix).toMatch(fix);
    expect(found.ok).toBe(false);
    expect(found.code).toBe(code ?? 1);
    expect(JSON.stringify(found)).not.toContain('planted');
  },
);

test('a folder that is not writable is named, whether or not the database exists', async () => {
  const clinic = await startClinic();
  const folder = join(clinic.folder, 'read-only');
  await mkdir(folder);
  const path = join(folder, 'qs-creds.db');
  await (await openDatabase({ kind: 'sqlite', path })).destroy();
  await chmod(clinic.folder, 0o755);
  await chmod(folder, 0o555);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    for (const file of [path, join(folder, 'new.db'), join(folder, 'deeper', 'new.db')]) {
      const { wrong } = await clinic.examine({ DATABASE_URL: `file:${file}` });
      expect(wrong, file).toMatchObject([{ id: 'database', detail: expect.stringContaining('is read-only') }]);
      expect(wrong[0]?.fix).toMatch(/^Give the user of this process the right to write both/);
    }
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(folder, 0o755);
  }
});
