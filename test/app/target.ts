import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, expect } from 'vitest';
import { ADMIN, DATA } from '../support/people.ts';
import { credential, SIGNING_SECRET, seedOf, startWorld } from './setup.ts';
import type { World } from './world.ts';

export const NAME = 'airflow-dev';
export const PATH = '/slack/events';
export const FORM = 'application/x-www-form-urlencoded';

let world: World;
let database: string;

/** One bot for all tests of the file, with its database on disk. @param errors the error lines that the tests provoke */
export function withTarget(errors: readonly string[]): () => World {
  const atEnd: (() => Promise<void>)[] = [];
  const onTestFinished = (end: () => Promise<void>) => void atEnd.push(end);
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qs-creds-attack-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    database = join(folder, 'qs-creds.db');
    const env = { DATABASE_URL: `file:${database}` };
    world = await startWorld({ seed: seedOf(credential(NAME)), env, errors, onTestFinished });
  });
  afterAll(async () => {
    for (const end of atEnd.reverse()) await end();
  });
  return () => world;
}

/** All that an attack could have changed: every row, and what was sent to Slack and Adobe. */
export function everything(): unknown {
  const db = new DatabaseSync(database, { readOnly: true });
  const names = db.prepare("select name from sqlite_master where type = 'table' and name <> 'leases'").all();
  const tables = names.map(({ name }) => [name, db.prepare(`select * from "${name}"`).all()]);
  db.close();
  return {
    tables,
    slack: world.slack.calls.length,
    sent: world.sent.messages().length,
    adobe: world.adobe.calls.length,
  };
}

export interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

export async function send({ method = 'POST', path = PATH, headers = {}, body }: Request): Promise<number> {
  const { port } = new URL(String(world.slack.appUrl));
  const length =
    body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = { host: '127.0.0.1', port, path, method, headers: { ...length, ...headers }, agent: false };
  const request = httpRequest(options);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
  // If a body is refused early, the connection may break while it is written.
  request.end(body);
  const response = await answered;
  const { statusCode = 0 } = response;
  await readText(response).catch(() => '');
  return statusCode;
}

export const now = () => Math.floor(Date.now() / 1000);

export function signatureOf(
  body: string | Buffer,
  timestamp: string | number = now(),
  secret = SIGNING_SECRET,
): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

/** A request signed as Slack signs, except where `more` says otherwise. */
export function signed(
  body: string | Buffer,
  more: Request & { readonly type?: string; readonly timestamp?: number } = {},
): Request {
  const timestamp = more.timestamp ?? now();
  const headers = {
    'content-type': more.type ?? FORM,
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': signatureOf(body, timestamp),
    ...more.headers,
  };
  return { ...more, headers, body };
}

export function command(text: string, fields: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({
    command: '/qs-creds',
    text,
    user_id: ADMIN,
    team_id: 'T0LOCAL001',
    channel_id: DATA,
    trigger_id: '1.2.3',
    response_url: 'http://127.0.0.1:9/none',
    ...fields,
  }).toString();
}

export const COMMAND = command(`migrate ${NAME}`);
export const PERSON = {
  user: { id: ADMIN, team_id: 'T0LOCAL001' },
  team: { id: 'T0LOCAL001' },
  channel: { id: DATA },
  trigger_id: '1.2.3',
};
export const PRESS = {
  ...PERSON,
  type: 'block_actions',
  actions: [{ type: 'button', action_id: 'migrate', block_id: 'b', value: credential(NAME).technicalAccountId }],
};
export const payload = (value: unknown) => `payload=${encodeURIComponent(JSON.stringify(value))}`;

/** Asserts that a request gets this status, and that nothing is written or sent anywhere. */
export async function expectInert(request: Request, status: number | readonly number[]): Promise<void> {
  const before = everything();
  expect([status].flat()).toContain(await send(request));
  expect(everything()).toEqual(before);
}
