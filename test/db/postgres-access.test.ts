import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { toPostgresError } from '../../src/db/postgres-errors.ts';
import { postgresStandIn } from '../support/postgres-stand-in.ts';

const NO_ENCRYPTION = {
  code: '28000',
  message: 'no pg_hba.conf entry for host "192.0.2.1", user "bot", database "qs", no encryption',
};

/** The message with which opening a database at this port fails. */
async function wordsAt(port: number, query = ''): Promise<string> {
  const failed = await openDatabase({
    kind: 'postgres',
    url: `postgres://bot:hidden-password@127.0.0.1:${port}/qs${query}`,
  }).catch((error: Error) => error);
  if (!(failed instanceof Error)) throw new Error('it was opened');
  return failed.message;
}

// Must be the first test: the driver writes the warning once per process.
test('no TLS mode makes the driver print a warning', async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error) => void warnings.push(message);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const { port } = await postgresStandIn({ error: NO_ENCRYPTION });
  for (const mode of ['prefer', 'require', 'verify-ca']) {
    await wordsAt(port, `?application_name=qs&sslmode=${mode}`);
    await wordsAt(port, `?sslmode=${mode}&application_name=qs`);
  }
  expect(warnings).toEqual([]);
});

test('the start packet carries nothing that PgBouncer rejects', async () => {
  const { port, starts } = await postgresStandIn({ error: NO_ENCRYPTION });
  await wordsAt(port);
  expect(starts.map((start) => Object.keys(start).sort())).toEqual([['client_encoding', 'database', 'user']]);
});

test('the error of a server that demands TLS names the setting for it', async () => {
  for (const message of [
    NO_ENCRYPTION.message,
    'SSL required',
    'connection is insecure (try using `sslmode=require`)',
  ]) {
    const { port } = await postgresStandIn({ error: { code: '28000', message } });
    const words = await wordsAt(port);
    expect(words, message).toContain('accepts encrypted connections only: add sslmode=verify-full to DATABASE_URL');
    expect(words, message).toContain('sslmode=no-verify');
  }
});

test('the error about a certificate of an unknown authority names the ways to trust it', async () => {
  const { port, starts } = await postgresStandIn({ offersTls: true, error: NO_ENCRYPTION });
  for (const mode of ['require', 'prefer', 'verify-ca', 'verify-full']) {
    const words = await wordsAt(port, `?sslmode=${mode}`);
    expect(words, mode).toContain('not signed by an authority known here: set NODE_EXTRA_CA_CERTS');
    expect(words, mode).toContain('sslmode=no-verify (or sslmode=require&uselibpqcompat=true)');
  }
  expect(starts).toEqual([]);
});

test('the settings that this error names encrypt without verifying the server', async () => {
  const { port, starts } = await postgresStandIn({ offersTls: true, error: { code: '3D000', message: 'none' } });
  for (const query of ['?sslmode=no-verify', '?sslmode=require&uselibpqcompat=true']) {
    expect(await wordsAt(port, query)).toBe('The database named in DATABASE_URL does not exist: create it (3D000).');
  }
  expect(starts).toHaveLength(2);
});

test('a server without TLS is named if TLS is required', async () => {
  const { port } = await postgresStandIn({ error: NO_ENCRYPTION });
  expect(await wordsAt(port, '?sslmode=require')).toContain('PostgreSQL does not offer encryption');
});

test('a host that does not resolve is not repeated in the error, since it may be part of the password', async () => {
  const failed = await openDatabase({ kind: 'postgres', url: 'postgres://bot@hidden-piece.invalid/qs' }).catch(
    (error: Error) => error.message,
  );
  expect(failed).toMatch(/^The host in DATABASE_URL could not be resolved: check it, and the network \(E\w+\)\.$/);
});

test.each(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_UNSUPPORTED_PROTOCOL'])(
  'a TLS handshake that fails with %s is explained in words',
  (code) => {
    expect(toPostgresError(Object.assign(new Error('0A00010B:SSL routines'), { code }))).toMatchObject({
      name: 'DatabaseError',
      detail: 'TLS with PostgreSQL fails',
      message: `TLS with PostgreSQL could not be agreed on: check the host, the port and sslmode in DATABASE_URL, and what inspects TLS on the way (${code}).`,
    });
  },
);
