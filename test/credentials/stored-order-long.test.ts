import { describe, expect, test } from 'vitest';
import { CREDENTIAL_STATUSES, type CredentialStatus, type ListedCredential } from '../../src/credentials/credential.ts';
import { updateStoredOrder } from '../../src/credentials/order-store.ts';
import type { CredentialFilter } from '../../src/credentials/ports.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import type { Database } from '../../src/db/database.ts';
import type { MigrationState } from '../../src/migrations/migration.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { SqlUsageStore } from '../../src/usage/store.ts';
import { onBothEngines, open, openFresh, type TestEngine } from '../db/setup.ts';
import { Random } from '../support/random.ts';
import { accountId, credential, minute, request } from '../support/samples.ts';
import { storedOrderFaults } from '../support/stored-order.ts';
import { used } from '../usage/setup.ts';

describe('the order and the counts stored beside the credentials', () => onBothEngines(suite));

const ADOBE = ['not_started', 'started', 'completed', 'none', 'unknown'] as const;
const NAMES = ['etl', 'ETL ä', 'etl 2', 'Émile', '😀', 'a~', 'a!', `${'long '.repeat(200)}`];
const SANDBOXES = ['prod', 'dev', 'Live_1', 'a%b'];
const PATH: readonly MigrationState[] = ['asked', 'confirmed', 'submitted', 'running', 'needs_attention', 'resolved'];
const NOTE = { at: minute(3), actor: 'U3', detail: null };
/** Minutes; recent enough that no queries since then still mean idle at minute 1. */
const LONG_AGO = 47 * 60;
const NUMBERS = Array.from({ length: 12 }, (_, i) => i + 1);

const IDLE = { isIdle: { since: minute(-60) } };
const TRAITS: readonly CredentialFilter[] = [
  {},
  { isFailing: true },
  { isInUse: true },
  IDLE,
  { isIdle: { since: minute(-LONG_AGO) } },
  { isProduction: true },
  { isInUse: true, isProduction: true },
  { ...IDLE, isProduction: true },
];

/** The usage that the row of a list shows, at the time of the reading. */
function usedAs({ usage: [known] }: ListedCredential): string {
  if (known === undefined) return 'unread';
  if (known.failing !== null) return 'failing';
  return known.schedules.length > 0 ? 'in_use' : 'idle';
}

function since({ usage }: ListedCredential): Date {
  return usage[0]?.readAt ?? minute(0);
}

function suite(engine: TestEngine) {
  /** Makes one random change to credentials at each call. */
  function worldOf(db: Database, random: Random, name = 'm') {
    const credentials = new SqlCredentialStore(db);
    const sync = new SqlSyncStore(db);
    const migrations = new SqlMigrationStore(db, 'org');
    const usage = new SqlUsageStore(db);
    const reached = new Map<string, { number: number; at: number }>();
    const some = () => NUMBERS.filter(() => random.chance(0.7));
    const acts = {
      sync: () =>
        sync.replaceCredentials(
          some().map((number) =>
            credential(number, {
              name: random.pick(NAMES),
              sandboxes: SANDBOXES.filter(() => random.chance(0.4)),
              adobeStatus: random.pick(ADOBE),
            }),
          ),
          minute(1),
        ),
      adobeStatus: () => credentials.setAdobeStatus(accountId(random.pick(NUMBERS)), random.pick(ADOBE), minute(0)),
      usage: () => usage.save(some().map(readingOf), minute(1)),
      ask: async () => {
        const id = `${name}${reached.size}`;
        const number = random.pick(NUMBERS);
        reached.set(id, { number, at: 0 });
        await migrations.ask(request(id, { technicalAccountId: accountId(number) }));
      },
      move: async () => {
        const [id, migration] = random.pick([
          ...reached,
          ['none', { number: 0, at: 0 }] as [string, { number: number; at: number }],
        ]);
        const [from, to] = [PATH[migration.at], PATH[migration.at + 1]];
        if (id === 'none' || from === undefined || to === undefined) return;
        if ((await migrations.move(id, from, to as 'submitted', {}, NOTE)) !== null) migration.at += 1;
      },
    };
    const readingOf = (number: number) => ({
      technicalAccountId: accountId(number),
      sandboxes: ['dev'],
      usage: [
        used({
          readAt: minute(random.pick([0, -LONG_AGO])),
          failing: random.chance(0.4) ? { since: minute(-5), mayBeEarlier: false, error: null } : null,
          schedules: random.chance(0.5)
            ? [{ id: 's', name: 'S', cron: '', isEnabled: true, nextRunAt: minute(random.between(2, 9)) }]
            : [],
        }),
      ],
    });
    type Act = keyof typeof acts;
    const act = (but?: Act) => acts[random.pick((Object.keys(acts) as Act[]).filter((each) => each !== but))]();
    return { credentials, act };
  }

  test('match the rows after any sequence of syncs, readings, moves and changes of use', async () => {
    for (const seed of [1, 2, 3]) {
      const { db } = await openFresh(engine);
      const { act } = worldOf(db, new Random(seed));
      for (let step = 0; step < 80; step++) {
        await act();
        expect(await storedOrderFaults(db), `seed ${seed}, step ${step}`).toEqual([]);
      }
    }
  });

  test('match the rows after several processes changed them at the same moment', async () => {
    const { db, settings } = await openFresh(engine);
    const worlds = [db, await open(settings), await open(settings)].map((each, i) =>
      worldOf(each, new Random(i), `process ${i} `),
    );
    await new SqlSyncStore(db).replaceCredentials(
      NUMBERS.map((number) => credential(number)),
      minute(0),
    );
    await Promise.all(
      worlds.map(async ({ act }) => {
        // A sync counts all rows, which would hide earlier faults.
        for (let step = 0; step < 60; step++) await act('sync');
      }),
    );
    expect(await storedOrderFaults(db)).toEqual([]);
  });

  test('return the same number as counting does, for one or several statuses, with no trait, one or two', async () => {
    const { db } = await openFresh(engine);
    const { act, credentials } = worldOf(db, new Random(10));
    for (let step = 0; step < 60; step++) await act();
    const kinds: (readonly CredentialStatus[] | undefined)[] = [
      undefined,
      [],
      ...CREDENTIAL_STATUSES.map((status) => [status]),
      ['migrated', 'eligible', 'unfinished', 'eligible'],
      CREDENTIAL_STATUSES,
    ];
    const all = (await credentials.page({}, 0, 100)).rows;
    const idle = all.filter((each) => usedAs(each) === 'idle');
    expect(new Set(idle.map((each) => since(each) >= IDLE.isIdle.since))).toEqual(new Set([true, false]));
    for (const statuses of kinds) {
      for (const traits of TRAITS) {
        const filter: CredentialFilter = { ...(statuses && { statuses }), ...traits };
        const expected = all.filter(
          (each) =>
            (statuses?.includes(each.status) ?? true) &&
            (!traits.isFailing || usedAs(each) === 'failing') &&
            (!traits.isInUse || usedAs(each) === 'in_use') &&
            (!traits.isIdle || (usedAs(each) === 'idle' && since(each) >= traits.isIdle.since)) &&
            (!traits.isProduction || each.production.length > 0),
        );
        if (statuses === undefined) expect(expected.length, JSON.stringify(filter)).toBeGreaterThan(0);
        const { rows, total } = await credentials.page(filter, 0, 100);
        expect({ rows, total }, JSON.stringify(filter)).toEqual({ rows: expected, total: expected.length });
        const beyond = await credentials.page(filter, 50, 100);
        expect(beyond, JSON.stringify(filter)).toEqual({ rows: [], total: expected.length });
      }
    }
  });

  test('are written again at a start with other production sandboxes, once, by any instance', async () => {
    const { db, settings } = await openFresh(engine);
    const { act } = worldOf(db, new Random(5));
    for (let step = 0; step < 40; step++) await act();
    const other = await open(settings);
    for (const production of [['dev'], [], null, ['a%b', 'prod']]) {
      await Promise.all([updateStoredOrder(db, production), updateStoredOrder(other, production)]);
      expect(await storedOrderFaults(db, production), `${production}`).toEqual([]);
    }
    // Nothing should be written, so a wrong key stays.
    await db.updateTable('credentials').set({ sort_key: 'wrong' }).execute();
    await updateStoredOrder(db, ['a%b', 'prod']);
    expect(await db.selectFrom('credentials').select('sort_key').distinct().execute()).toEqual([{ sort_key: 'wrong' }]);
  });
}
