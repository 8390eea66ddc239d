/** A process that takes part in one race after another; started and directed by `useContenders`. */
import { on } from 'node:events';
import { type Database, type DatabaseSettings, openDatabase } from '../../src/db/database.ts';
import { SqlLeases } from '../../src/db/leases.ts';
import { SqlMigrationStore } from '../../src/migrations/store.ts';

export type Task =
  /** Opens the database and updates the schema. */
  | { readonly do: 'open' }
  /** Confirms these requests, all at the same time. */
  | { readonly do: 'confirm'; readonly organisation: string; readonly ids: string[]; readonly at: number }
  /** Moves these migrations from confirmed to submitted, all at the same time. */
  | { readonly do: 'submit'; readonly organisation: string; readonly ids: string[]; readonly at: number }
  /** Marks these migrations as resolved, all at the same time. */
  | { readonly do: 'resolve'; readonly organisation: string; readonly ids: string[]; readonly at: number }
  /** Continues these failed migrations as hand-offs, all at the same time. */
  | { readonly do: 'continue'; readonly organisation: string; readonly ids: string[]; readonly at: number }
  /** Claims the reminders of these migrations, all at the same time. */
  | { readonly do: 'remind'; readonly organisation: string; readonly ids: string[]; readonly at: number }
  /** Tries to acquire one lease this many times at the same time, each for another holder. */
  | { readonly do: 'acquire'; readonly times: number; readonly at: number; readonly ttlMs: number };

/** The id of the moved migration, the name of the lease's holder, or null for a lost race. */
export type RaceResult = string | null;

async function contend(settings: DatabaseSettings, task: Task): Promise<RaceResult[]> {
  if (task.do === 'open') {
    await untilGo();
    const db = await openDatabase(settings);
    await db.destroy();
    return ['open'];
  }
  const db = await openDatabase(settings);
  await untilGo();
  const results = await Promise.all(calls(db, settings.kind, task));
  await db.destroy();
  return results;
}

function calls(
  db: Database,
  engine: DatabaseSettings['kind'],
  task: Exclude<Task, { do: 'open' }>,
): Promise<RaceResult>[] {
  const at = new Date(task.at);
  const me = `process-${process.pid}`;
  if (task.do === 'acquire') {
    return Array.from({ length: task.times }, async (_, i) => {
      const holder = `${me}-${i}`;
      return (await new SqlLeases(db, engine, holder).acquire('one', at, task.ttlMs)) ? holder : null;
    });
  }
  const migrations = new SqlMigrationStore(db, task.organisation);
  return task.ids.map(async (id) => {
    if (task.do === 'remind') return (await migrations.recordReminder(id, at)) ? id : null;
    if (task.do === 'continue') return (await migrations.continueByHand(id, me, at, new Date(0)))?.id ?? null;
    const note = { at, actor: me, detail: null };
    const moved =
      task.do === 'confirm'
        ? await migrations.confirm(id, me, at)
        : task.do === 'submit'
          ? await migrations.move(id, 'confirmed', 'submitted', {}, note)
          : await migrations.move(id, 'needs_attention', 'resolved', { endedAt: at }, note);
    return moved?.id ?? null;
  });
}

/** Reports that this process is ready and waits for the start signal. */
async function untilGo(): Promise<void> {
  process.send?.('ready');
  await messages.next();
}

const messages = on(process, 'message');
process.send?.('started');
for (;;) {
  const { value } = await messages.next();
  const [{ settings, task }] = value as [{ settings: DatabaseSettings; task: Task }];
  process.send?.(await contend(settings, task));
}
