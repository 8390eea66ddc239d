import { describe, expect, test } from 'vitest';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import type { AdobeStatus } from '../../src/credentials/credential.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import type { MigrationState } from '../../src/migrations/migration.ts';
import type { Step } from '../../src/migrations/steps.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, credential, minute, request } from '../support/samples.ts';

describe('the steps by the Developer Console', () => onBothEngines(suite));

const STEPS = ['start', 'finish', 'cancel'] as const satisfies Step[];
const STATUSES = ['not_started', 'started', 'completed', 'none', 'unknown'] as const satisfies AdobeStatus[];

function suite(engine: TestEngine) {
  /** A migration in `state` for each step and each status at Adobe, named "step status". */
  async function everyStep(state: MigrationState) {
    const { db } = await openFresh(engine);
    const store = new SqlMigrationStore(db, 'org');
    const all = STEPS.flatMap((step) => STATUSES.map((adobeStatus) => ({ step, adobeStatus })));
    for (const [i, { step, adobeStatus }] of all.entries()) {
      const technicalAccountId = accountId(i + 1);
      const methodStep = { method: 'developer-console', step } as const;
      // By many people, since one person may have only ten open requests.
      const by = { askedBy: `U${i}`, askedAt: minute(i), endedAt: minute(i) };
      await store.ask(request(`${step} ${adobeStatus}`, { state, technicalAccountId, ...methodStep, ...by }));
    }
    const seen = all.map(({ adobeStatus }, i) => credential(i + 1, { adobeStatus }));
    await new SqlSyncStore(db).replaceCredentials(seen, minute(20));
    return { db, store };
  }

  test('a request is superseded once Adobe has left the state that its step starts from', async () => {
    const { store } = await everyStep('asked');
    expect((await store.supersededRequests()).map(({ id }) => id)).toEqual([
      'start started',
      'start completed',
      'finish not_started',
      'finish completed',
      'cancel not_started',
      'cancel completed',
    ]);
  });

  test('a step that needs attention has ended late once Adobe reaches the state that the step leads to', async () => {
    const { store } = await everyStep('needs_attention');
    expect((await store.lateEnds()).map(({ migration, to }) => `${migration.id}: ${to}`)).toEqual([
      'start started: bound',
      'start completed: migrated',
      'finish completed: migrated',
      'cancel not_started: undone',
      'cancel completed: migrated',
    ]);
  });

  test('a migration keeps its method and its step, and each of its audit rows names both', async () => {
    const { db } = await openFresh(engine);
    const store = new SqlMigrationStore(db, 'org');
    const methodStep = { method: 'developer-console', step: 'finish' } as const;
    await store.ask(request('m', methodStep));
    await store.confirm('m', 'U2', minute(1));
    const note = { at: minute(2), actor: 'qs-creds', detail: { why: 'refused' } };
    expect(await store.move('m', 'confirmed', 'failed', {}, note)).toMatchObject(methodStep);
    expect(await store.get('m')).toMatchObject(methodStep);
    const { rows } = await new SqlAuditTrail(db).history(null, 0, 10);
    expect(rows.map(({ action, detail }) => [action, detail])).toEqual([
      ['failed', { why: 'refused', step: 'finish' }],
      ['confirmed', { step: 'finish' }],
      ['asked', { step: 'finish' }],
    ]);
  });

  test('a migration of an earlier version was started by Query Service', async () => {
    const { db } = await openFresh(engine);
    const store = new SqlMigrationStore(db, 'org');
    await store.ask(request('m'));
    const row = await db.selectFrom('migrations').selectAll().executeTakeFirstOrThrow();
    const { method: _, step: __, ...older } = { ...row, id: 'older' };
    await db
      .insertInto('migrations')
      .values(older as typeof row)
      .execute();
    expect(await store.get('older')).toMatchObject({ method: 'query-service', step: 'start' });
  });
}
