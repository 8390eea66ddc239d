import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { ListedCredential } from '../../src/credentials/credential.ts';
import type { CredentialFilter } from '../../src/credentials/ports.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { SqlUsageStore, toUsage } from '../../src/usage/store.ts';
import { silenceValidSince, triageOf, urgencyOf } from '../../src/usage/triage.ts';
import { onBothEngines, open, openAt, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, credential, minute, PROBLEM } from '../support/samples.ts';
import { byUrgency } from './order.ts';
import { used } from './setup.ts';

describe('the usage store', () => onBothEngines(suite));

const failing = (at: number) => used({ failing: { since: minute(at), mayBeEarlier: false, error: 'no "access"' } });
const next = (at: number) =>
  used({ schedules: [{ id: 's', name: 'S', cron: '0 * * * *', isEnabled: true, nextRunAt: minute(at) }] });

const idOf = ({ technicalAccountId }: ListedCredential) => technicalAccountId;

test('what an earlier version kept, without when it was asked for on its own, is read as not asked', () => {
  const { askedAt: _, ...before } = used({ readAt: minute(0) });
  expect(toUsage(JSON.stringify([before]))).toEqual([{ ...before, askedAt: null }]);
});

function suite(engine: TestEngine) {
  async function filled(production: readonly string[] | null = null) {
    const { db } = await openFresh(engine);
    const kinds = [[], [used()], [failing(-60)], [failing(-5)], [next(30)], [next(15)]];
    const credentials = ['dev', 'prod', 'Live_1', 'a%b'].flatMap((sandbox, place) =>
      kinds.map((usage, i) => ({ sandbox, usage, number: place * 10 + i })),
    );
    await new SqlSyncStore(db, production).replaceCredentials(
      credentials.map(({ number, sandbox }) =>
        credential(number, { name: `n${(number * 7) % 10}-${number}`, sandboxes: [sandbox] }),
      ),
      minute(0),
    );
    const store = new SqlUsageStore(db);
    const readings = credentials
      .filter(({ usage }) => usage.length > 0)
      .map(({ number, sandbox, usage }) => ({
        technicalAccountId: accountId(number),
        sandboxes: [sandbox],
        usage: usage.map((each) => ({ ...each, sandbox })),
      }));
    await store.save(readings, minute(1));
    return { db, store, credentials: new SqlCredentialStore(db, production) };
  }

  test.each([[null], [['dev', 'a%b']], [[]]])(
    'pages have the one order: failing and production first, then the next run, then the name (production: %j)',
    async (production) => {
      const { credentials } = await filled(production);
      const { rows } = await credentials.page({}, 0, 100);
      const urgency = (row: (typeof rows)[number]) => ({
        ...urgencyOf(triageOf(row, minute(1))),
        isProduction: row.production.length > 0,
        name: row.name,
      });
      expect(rows).toHaveLength(24);
      expect(rows.map(({ name }) => name)).toEqual(
        rows.toSorted((a, b) => byUrgency(urgency(a), urgency(b))).map(({ name }) => name),
      );
      expect(urgency(rows[0] as (typeof rows)[number]).failingSince).not.toBeNull();
    },
  );

  test('filters find what the triage says: failing, in use, or idle, which no old reading proves', async () => {
    const { credentials } = await filled();
    const { rows } = await credentials.page({}, 0, 100);
    const found = async (filter: CredentialFilter) => (await credentials.page(filter, 0, 100)).rows.map(idOf);
    for (const [now, kinds] of [
      [minute(1), ['failing', 'idle', 'in_use', 'unread']],
      [minute(3 * 24 * 60), ['failing', 'in_use', 'unread']],
    ] as const) {
      const are = (kind: string) => rows.filter((row) => triageOf(row, now).kind === kind).map(idOf);
      expect([...new Set(rows.map((row) => triageOf(row, now).kind))].sort()).toEqual(kinds);
      expect(await found({ isFailing: true })).toEqual(are('failing'));
      expect(await found({ isInUse: true })).toEqual(are('in_use'));
      expect(await found({ isIdle: { since: silenceValidSince(now) } })).toEqual(are('idle'));
    }
    expect(await found({ isInUse: true, isFailing: true })).toEqual([]);
  });

  test('of a database of an earlier version nothing is in use or idle until its next reading', async () => {
    const { db, settings } = await openAt(engine, '016_holds');
    await sql`insert into credentials (technical_account_id, name, description, sandboxes, adobe_status, status, name_key,
      search_text) values (${accountId(1)}, 'etl', '', '["prod"]', 'not_started', 'eligible', 'etl', 'etl')`.execute(
      db,
    );
    await sql`insert into credential_usage (technical_account_id, read_at, usage)
      values (${accountId(1)}, ${minute(0).toISOString()}, ${JSON.stringify([{ ...used(), sandbox: 'prod' }])})`.execute(
      db,
    );
    const later = await open(settings);
    const credentials = new SqlCredentialStore(later);
    const idle = async () => (await credentials.page({ isIdle: { since: minute(-9) } }, 0, 9)).total;
    expect(await idle()).toBe(0);
    const [row] = (await credentials.page({}, 0, 1)).rows;
    await new SqlUsageStore(later).save([row as ListedCredential], minute(1));
    expect(await idle()).toBe(1);
  });

  test('what was read is returned with its dates, and replaced by the next reading', async () => {
    const { store, credentials } = await filled();
    const usage = [{ ...failing(-60), sandbox: 'dev', problem: PROBLEM }];
    await store.save([{ technicalAccountId: accountId(1), sandboxes: ['dev'], usage }], minute(5));
    expect((await credentials.get(accountId(1)))?.usage).toEqual(usage);
    expect(await store.latestAt()).toEqual(minute(5));
  });

  test('before the first reading nothing is known', async () => {
    const { db } = await openFresh(engine);
    expect(await new SqlUsageStore(db).latestAt()).toBeNull();
  });
}
