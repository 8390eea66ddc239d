import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { onPostgres, type TestEngine } from '../db/setup.ts';
import { DAY, digest, startReminding } from '../reminders-app/setup.ts';
import { ADMIN, MEMBER } from '../support/people.ts';
import { needsSession, type Sent, statementsOf } from '../support/postgres-statements.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { credential, seedOf } from './setup.ts';
import { MIGRATED } from './world.ts';

/** In transaction mode, PgBouncer gives each transaction a new session: what lasts longer is lost or reaches others. */
describe('behind a pooler in transaction mode', () => onPostgres(suite));

function suite(engine: TestEngine) {
  /** The address of an empty database, and the statements sent there. */
  async function watched() {
    const settings = await engine.empty();
    if (settings.kind !== 'postgres') throw new Error('not PostgreSQL');
    const url = new URL(settings.url);
    const sent: Sent[] = [];
    const proxy = new TcpProxy(url.hostname, Number(url.port), (client) =>
      statementsOf(client, (each) => void sent.push(each)),
    );
    onTestFinished(() => proxy.stop());
    url.port = String(await proxy.start());
    return { url: url.href, sent };
  }

  test('no statement needs a session: at the first start, in a migration, in reminders and lists, or at the stop', async () => {
    const { url, sent } = await watched();
    const world = await startReminding({
      onTestFinished,
      seed: seedOf(credential('airflow'), credential('crm', { sandboxes: ['prod'] })),
      env: { DATABASE_URL: url },
    });
    await digest(world);
    for (const command of ['list', 'status', 'history', 'chart', 'export', 'help', 'list failing', 'remind preview'])
      await world.say(ADMIN, command);
    await world.say(MEMBER, 'migrate airflow');
    await world.migrate(ADMIN, 'airflow');
    await world.until(MIGRATED);
    world.clock.advance(31 * DAY);
    await digest(world, 2);
    await world.stop();
    expect(sent.length).toBeGreaterThan(200);
    // The statements of every part were seen: the schema, its lock, transactions with their limits, and reads.
    for (const part of ['create table', 'pg_advisory_xact_lock', 'set local statement_timeout', 'insert into "audit"'])
      expect(
        sent.some(({ sql }) => sql.includes(part)),
        part,
      ).toBe(true);
    expect([...new Set(sent.flatMap((each) => needsSession(each) ?? []))]).toEqual([]);
  });
}

test.each([
  'set statement_timeout = 10000',
  'begin; set lock_timeout = 1',
  'listen migrations',
  'select pg_advisory_lock(1)',
  'create temp table found (id text)',
  "select set_config('search_path', 'x', false)",
])('the check for statements that need a session finds %j and a statement prepared by name', (statement) => {
  // Not sent to a server: behind a pooler, their effects would reach other tests.
  const client = new PassThrough();
  const sent: Sent[] = [];
  statementsOf(client, (each) => void sent.push(each));
  const packets = [packet('', '\0\x03\0\0'), packet('Q', `${statement}\0`), packet('P', 'mine\0select 1\0\0\0')];
  const bytes = Buffer.concat(packets);
  // In pieces, as from a network.
  for (const piece of [bytes.subarray(0, 11), bytes.subarray(11, 30), bytes.subarray(30)]) client.emit('data', piece);
  expect(sent.map(needsSession)).toEqual([statement, 'prepared as mine: select 1']);
});

/** A message of PostgreSQL's protocol: its letter, the length of the rest, the rest. */
function packet(kind: string, rest: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + rest.length);
  return Buffer.concat([Buffer.from(kind), length, Buffer.from(rest, 'latin1')]);
}
