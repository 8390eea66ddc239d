import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit/store.ts';
import { restore } from '../../src/backup/restore.ts';
import { expireConfirmed } from '../../src/backup/store.ts';
import { SqlLeases } from '../../src/db/leases.ts';
import { RUNNER_LEASE, RUNNER_LEASE_MS } from '../../src/migrations/runner.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';
import { progressMessage } from '../../src/slack/messages/progress.ts';
import { onBothEngines, onPostgres, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, minute, request } from '../support/samples.ts';

describe('a confirmation in a restored backup', () => onBothEngines(suite));

const NOTE = { at: minute(2), actor: 'U2', detail: null };

/** One request of each kind: asked, confirmed, in flight, and confirmed in another organisation. */
async function filled(engine: TestEngine) {
  const { db, settings } = await openFresh(engine);
  const store = new SqlMigrationStore(db, 'org');
  const others = new SqlMigrationStore(db, 'another org');
  for (const [i, id] of ['asked', 'confirmed', 'sent'].entries())
    await store.ask(request(id, { technicalAccountId: accountId(i + 1) }));
  await others.ask(request('other', { technicalAccountId: accountId(9) }));
  for (const id of ['confirmed', 'sent']) await store.confirm(id, 'U2', minute(1));
  await others.confirm('other', 'U2', minute(1));
  await store.move('sent', 'confirmed', 'submitted', {}, NOTE);
  const states = async () => {
    const rows = await db.selectFrom('migrations').select(['id', 'state']).orderBy('id').execute();
    return Object.fromEntries(rows.map(({ id, state }) => [id, state]));
  };
  return { db, settings, states };
}

const EXPIRED = { asked: 'asked', confirmed: 'failed', other: 'failed', sent: 'submitted' };

function suite(engine: TestEngine) {
  test('expires in every organisation, with audit rows, while requests and sent migrations stay', async () => {
    const { db, states } = await filled(engine);
    expect(await expireConfirmed(db, minute(3))).toHaveLength(2);
    expect(await states()).toEqual(EXPIRED);
    const rows = await db.selectFrom('audit').selectAll().where('action', '=', 'failed').orderBy('id').execute();
    expect(rows.map(({ migration_id }) => migration_id).sort()).toEqual(['confirmed', 'other']);
    expect(rows.map(({ actor, detail }) => [actor, detail])).toEqual([
      ['qs-creds', '{"why":"restored"}'],
      ['qs-creds', '{"why":"restored"}'],
    ]);
    expect((await verifyAudit(db, null)).findings).toEqual([]);
    // A second call changes nothing.
    expect(await expireConfirmed(db, minute(4))).toEqual([]);
  });

  test('ends in a message that shows it as expired, not as not sent', async () => {
    const { db } = await filled(engine);
    await db.updateTable('migrations').set({ message: '{"channel":"C1","ts":"1.1"}' }).execute();
    await expireConfirmed(db, minute(3));
    const ended = await new SqlMigrationStore(db, 'org').unnotified();
    expect(ended.map(({ id }) => id)).toEqual(['confirmed']);
    const [text = ''] = ended.map((each) => progressMessage(each, { kind: 'ended' }).text);
    expect(text).toMatch(/^↩️ \*Confirmation expired\*: `credential 1`/);
    expect(text).toContain('backup');
    expect(text).not.toContain('Nothing was sent');
    // By now the earlier message may show that it was migrated.
    expect(ended.map(({ message }) => message)).toEqual([null]);
  });
}

describe('a restored database', () =>
  onPostgres((engine) => {
    test('is made ready for use only when no instance runs', async () => {
      const { db, settings, states } = await filled(engine);
      const running = new SqlLeases(db, 'postgres', 'an instance');
      await running.acquire(RUNNER_LEASE, new Date(), RUNNER_LEASE_MS);
      await expect(restore(settings, null, minute(3))).rejects.toThrow('The bot runs, or has ended this moment');
      expect(await states()).toMatchObject({ confirmed: 'confirmed' });

      await running.release(RUNNER_LEASE);
      const wrong = 'DATABASE_URL holds the migrations of another organisation, another org, org instead of X@AdobeOrg';
      await expect(restore(settings, null, minute(3), 'X@AdobeOrg')).rejects.toThrow(wrong);
      expect(await states()).toMatchObject({ confirmed: 'confirmed' });

      expect(await restore(settings, null, minute(3))).toMatch(/^Migrations: 1 asked, 2 failed, 1 submitted\.\n/);
      expect(await states()).toEqual(EXPIRED);
    });
  }));
