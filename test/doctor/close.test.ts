import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/db/database.ts';
import { closeDatabase } from '../../src/doctor/database.ts';

/** A message of PostgreSQL's protocol. */
function message(type: string, body: string): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

/** The address of a PostgreSQL that accepts every login and then no longer responds; `asked` resolves at a query. */
async function silentPostgres() {
  const asked = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I')]));
      socket.once('data', () => asked.resolve());
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `postgres://user@127.0.0.1:${(server.address() as AddressInfo).port}/name`, asked: asked.promise };
}

test('closing a silent database delays the doctor by two seconds, not by the timeout of a query', async () => {
  const { url, asked } = await silentPostgres();
  const db = await connect({ kind: 'postgres', url });
  sql`select 1`.execute(db).catch(() => {});
  await asked;
  const before = performance.now();
  await closeDatabase(db);
  expect(performance.now() - before).toBeGreaterThan(1_900);
  expect(performance.now() - before).toBeLessThan(8_000);
}, 20_000);
