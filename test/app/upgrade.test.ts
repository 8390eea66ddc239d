import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifyAudit } from '../../src/audit/store.ts';
import { backUp } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { MessageRef, Shown } from '../../src/migrations/migration.ts';
import { ADMIN, DATA, OWNER } from '../support/people.ts';
import { filesOf, ROOT } from '../support/sources.ts';
import { startWorld } from './setup.ts';
import { HELD, STATES, storySeed, writeStory } from './upgrade-story.ts';

/**
 * Databases that released versions wrote: the story of `writeStory`, backed up while its bot ran, and gzipped. Named
 * after the last schema change of their version; never edit one, add the next with `KEEP_STORY=FILE`.
 */
const WRITTEN = filesOf('test/fixtures/databases');
/** A minute after the story has ended. */
const NOW = new Date('2025-05-05T09:03:00Z');

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function unpack(file: string): Promise<{ folder: string; path: string }> {
  const folder = await newFolder();
  const path = join(folder, 'written.db');
  await writeFile(path, gunzipSync(await readFile(join(ROOT, file))));
  return { folder, path };
}

async function opened<T>(path: string, look: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ kind: 'sqlite', path });
  try {
    return await look(db);
  } finally {
    await db.destroy();
  }
}

/** The story in a database, as seen by the version that opens it. */
async function storyIn(db: Database) {
  const migrations = await db.selectFrom('migrations').selectAll().execute();
  const { findings, head } = await verifyAudit(db, null);
  const holds = await db.selectFrom('holds').select(['held_by', 'reason', 'last_day']).execute();
  const paused = await db.selectFrom('reminder_state').select('name').execute();
  const actions = await db.selectFrom('audit').select('action').orderBy('id').execute();
  return {
    states: Object.fromEntries(migrations.map(({ shown, state }) => [(JSON.parse(shown) as Shown).name, state]).sort()),
    findings,
    head,
    holds,
    paused,
    actions: actions.map(({ action }) => action),
    /** The channel and timestamp of each migration's message, by credential name. */
    shownIn: Object.fromEntries(
      migrations.map(({ shown, message }) => {
        const { channel, ts }: Partial<MessageRef> = message === null ? {} : JSON.parse(message);
        return [(JSON.parse(shown) as Shown).name, `${channel} ${ts}`];
      }),
    ),
    question: migrations.find(({ state }) => state === 'asked'),
  };
}

const WHOLE = {
  states: STATES,
  findings: [],
  holds: [{ held_by: OWNER, reason: 'Month-end close', last_day: '2025-05-20' }],
  paused: [{ name: 'pause' }],
};

test('the upgrade story written by this version contains one of everything that must be kept', async () => {
  const folder = await newFolder();
  const [path, backup] = [join(folder, 'qs-creds.db'), join(folder, 'backup.db')];
  await writeStory(path);
  await backUp({ kind: 'sqlite', path }, backup);
  const kept = process.env['KEEP_STORY'];
  if (kept !== undefined) await writeFile(kept, gzipSync(await readFile(backup)));
  expect(await opened(backup, storyIn)).toMatchObject(WHOLE);
});

test('there is a database of a released version', () => {
  expect(WRITTEN.length).toBeGreaterThan(0);
});

describe.each(WRITTEN)('a database written by an older version, %s', (file) => {
  test('is whole after the upgrade: states, history, audit trail, holds, pause and the open question', async () => {
    const { path } = await unpack(file);
    const story = await opened(path, storyIn);
    expect(story).toMatchObject(WHOLE);
    expect(story.actions).toEqual(
      expect.arrayContaining(['refused', 'held', 'dry_run', 'reminders_paused', 'needs_attention']),
    );
    expect(story.head.count).toBe(story.actions.length);
  });

  test('continues under this version: a running migration ends, a waiting one is sent once, and the open question can be confirmed', async () => {
    const { path } = await unpack(file);
    const { question, shownIn } = await opened(path, storyIn);
    const world = await startWorld({
      // Usage is not read again, since it was read a minute ago.
      synced: false,
      // Their messages are in another Slack, so each is posted again.
      refused: ['jobs-dev', 'kpi-dev'].map((name) => `chat.update: message_not_found: ${shownIn[name]}`),
      seed: storySeed({ 'airflow-dev': { state: 'COMPLETED' } }),
      env: { DATABASE_URL: `file:${path}` },
      before: ({ adobe }) => adobe.migrateElsewhere(idOf('jobs-dev')),
    });
    await world.logged('sync done');
    world.clock.advance((NOW.getTime() - world.clock.now().getTime()) / 1000);
    await world.slack.forgePress(ADMIN, { action_id: 'confirm', value: question?.id ?? '' }, { channel: { id: DATA } });
    for (const name of ['jobs-dev', 'kpi-dev', 'hr-dev']) await world.until(new RegExp(`\\*Migrated\\*: \`${name}\``));
    expect(world.startsSent).toBe(2);
    expect((await world.say(ADMIN, 'status etl-dev')).text).toContain('Needs attention');
    expect((await world.say(ADMIN, `status ${HELD}`)).text).toContain('on hold until 20 May 2025');
    expect((await world.say(ADMIN, 'history crm-dev')).text).toContain('confirmed a dry run of `crm-dev`');
    expect((await world.say(ADMIN, 'remind preview')).text).toContain('paused');
  });

  test('can be restored over a newer one, and the migration it had confirmed expires', async () => {
    const { folder, path } = await unpack(file);
    const before = await readFile(path);
    const current = join(folder, 'qs-creds.db');
    await opened(current, async () => {});
    expect(await restore({ kind: 'sqlite', path: current }, path, NOW)).toContain(': kpi-dev.\n');
    expect(await opened(current, storyIn)).toMatchObject({ ...WHOLE, states: { ...STATES, 'kpi-dev': 'failed' } });
    // The backup can still be used by its own version.
    expect(await readFile(path)).toEqual(before);
  });
});

function idOf(name: string): string {
  return storySeed().credentials.find((each) => each.name === name)?.technicalAccountId ?? '';
}
