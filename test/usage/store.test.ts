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

test('usage stored by an earlier version, without the time of an individual request, counts as never requested', () => {
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
    'pages share one order: failing and production first, then the next run, then the name (production: %j)',
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

  test('filters agree with the triage: failing, in use, or idle, which no old reading proves', async () => {
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

  test('a page is part of all matches and has their total, for any filter, alone or combined', async () => {
    const { db, credentials } = await filled();
    const all = (await credentials.page({}, 0, 100)).rows;
    const ids = all.map(idOf);
    const [taken, held] = [ids.filter((_, i) => i % 5 === 0), ids.filter((_, i) => i % 3 === 0)];
    const by = { held_by: 'U1', held_at: minute(0).toISOString(), reason: 'r', last_day: '2025-06-01' };
    await db
      .insertInto('holds')
      .values(held.map((id) => ({ technical_account_id: id, ...by })))
      .execute();
    const to = { user_id: 'U1', assignment: null, assigned_by: null, assigned_at: null };
    await db
      .insertInto('takeovers')
      .values(taken.map((id) => ({ technical_account_id: id, ...to })))
      .execute();
    const [now, later] = [minute(1), minute(3 * 24 * 60)];
    const is = (kind: string, at: Date) => (row: ListedCredential) => triageOf(row, at).kind === kind;
    const parts: readonly [CredentialFilter, (row: ListedCredential) => boolean][] = [
      [{ statuses: ['eligible'] }, ({ status }) => status === 'eligible'],
      [{ statuses: ['migrated', 'unknown'] }, ({ status }) => ['migrated', 'unknown'].includes(status)],
      [{ ownedBy: { id: 'U1', email: null } }, (row) => taken.includes(idOf(row))],
      [{ isHeld: true }, (row) => held.includes(idOf(row))],
      [{ isHeld: false }, (row) => !held.includes(idOf(row))],
      [{ isOwned: false }, ({ owner }) => owner === null],
      [{ isProduction: true }, ({ production }) => production.length > 0],
      [{ isFailing: true }, is('failing', now)],
      [{ isInUse: true }, is('in_use', now)],
      [{ isIdle: { since: silenceValidSince(now) } }, is('idle', now)],
      [{ isIdle: { since: silenceValidSince(later) } }, is('idle', later)],
      [{ words: ['n1'] }, ({ name }) => name.includes('n1')],
    ];
    const cases = parts.flatMap(([filter, matches], i) =>
      parts.slice(i).map(([other, also]) => ({
        filter: { ...filter, ...other },
        // The later of two of the same kind counts.
        ids: all
          .filter((row) => (Object.keys(other).some((key) => key in filter) || matches(row)) && also(row))
          .map(idOf),
      })),
    );
    const shown = ({ rows, total }: { rows: readonly ListedCredential[]; total: number }) => [rows.map(idOf), total];
    for (const { filter, ids } of cases)
      for (const [offset, limit] of [
        [0, 100],
        [1, 2],
        [2, 1],
        [90, 5],
      ] as const)
        expect(shown(await credentials.page(filter, offset, limit)), JSON.stringify(filter)).toEqual([
          ids.slice(offset, offset + limit),
          ids.length,
        ]);
    const pages = await credentials.firstPages(cases.slice(0, 20).map(({ filter }) => ({ filter, limit: 3 })));
    expect(pages.map(shown)).toEqual(cases.slice(0, 20).map(({ ids }) => [ids.slice(0, 3), ids.length]));
  });

  test('in a database of an earlier version, nothing is in use or idle until its next reading', async () => {
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

  test('a reading is returned with its dates, and replaced by the next reading', async () => {
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
