import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { MigrationState } from '../../src/migrations/migration.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { onBothEngines, open, openAt, type TestEngine } from '../db/setup.ts';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, by, newProcess, newWorld } from './setup.ts';

/** The states of the version before methods. */
const EARLIER = [
  ...['asked', 'confirmed', 'submitted', 'migrated', 'failed'],
  ...['needs_attention', 'resolved', 'cancelled', 'expired', 'void'],
] as readonly MigrationState[];
const BEGUN: readonly MigrationState[] = ['submitted', 'migrated', 'failed', 'needs_attention', 'resolved'];
const ENDED: readonly MigrationState[] = ['migrated', 'failed', 'needs_attention', 'resolved'];

describe('migrations of an earlier version continue', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  test('every state can be read, a confirmed migration is sent once by its own method, and a refused start continues in Adobe', async () => {
    const { db, settings } = await openAt(engine, '006_unread');
    const world = await newWorld();
    const at = world.clock.now().toISOString();
    const later = new Date(world.clock.now().getTime() + 600_000).toISOString();
    const reason = { code: 'refused', problem: { kind: 'no_such_path', operation: 'start a migration', status: 404 } };
    for (const [i, state] of EARLIER.entries()) {
      world.adobe.add(i + 1);
      const { owner, name } = { owner: null, name: `credential ${i + 1}` };
      const shown = JSON.stringify({ name, owner, sandboxes: ['dev'], production: [] });
      const isDecided = state === 'confirmed' || BEGUN.includes(state);
      await sql`insert into migrations (id, organisation, technical_account_id, console_id, state, shown, channel, asked_by,
        asked_at, expires_at, decided_by, decided_at, started_at, ended_at, notified_at, reason)
        values (${state}, 'org', ${accountId(i + 1)}, ${consoleId(i + 1)}, ${state}, ${shown}, 'C1', ${ASKER.userId}, ${at},
        ${later}, ${isDecided ? ASKER.userId : null}, ${isDecided ? at : null}, ${BEGUN.includes(state) ? at : null},
        ${ENDED.includes(state) ? at : null}, ${ENDED.includes(state) ? at : null},
        ${state === 'failed' ? JSON.stringify(reason) : null})`.execute(db);
    }

    const opened = await open(settings);

    const migrations = new SqlMigrationStore(opened, 'org');
    for (const state of EARLIER)
      expect(await migrations.get(state)).toMatchObject({
        ...{ state, method: 'query-service', step: 'start', remindedAt: null },
      });
    const now = newProcess({ ...world, db: opened }, { method: 'hand-off' });
    await now.sync.run();
    world.adobe.statuses.set(consoleId(EARLIER.indexOf('submitted') + 1), 'completed');
    await now.runner.advance();
    expect(await migrations.get('submitted')).toMatchObject({ state: 'migrated' });
    expect(world.adobe.started).toEqual([]);
    await now.runner.advance();
    expect(world.adobe.started.map(({ technicalAccountId }) => technicalAccountId)).toEqual([
      accountId(EARLIER.indexOf('confirmed') + 1),
    ]);
    expect(await by(ASKER, now).confirm('asked')).toMatchObject({
      kind: 'confirmed',
      migration: { method: 'query-service' },
    });
    expect(await by(ASKER, now).finishInAdobe('failed')).toMatchObject({ kind: 'continued' });
    expect(await by(ASKER, now).resolve('needs_attention')).toMatchObject({ kind: 'resolved' });
  });
}
