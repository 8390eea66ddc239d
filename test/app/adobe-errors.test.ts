import { describe, expect, test } from 'vitest';
import type { InjectedFault } from '../../playground/adobe/faults.ts';
import { ADMIN } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import type { World } from './world.ts';

const SEED = seedOf(credential('airflow-dev'));
const ID = '7d4f2c1e-90ab-4c6d-8e57-3b1a0f5c9d24';
const NOT_MIGRATED = /^❌ \*Not migrated\*/;

const GATEWAY = (error_code: string, message: string) => ({ error_code, message });
const OAUTH = (error: string) => ({ error, error_description: 'what IMS says' });

interface Row {
  readonly code: string;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** What a person reads: the meaning, who can fix it, and how. */
  readonly words: readonly string[];
}

/** Source of codes and messages: Experience Platform guide, "FAQ and troubleshooting", Request header errors. */
const PLATFORM: readonly Row[] = [
  {
    code: '401013',
    status: 401,
    body: GATEWAY('401013', 'Oauth token is not valid'),
    words: ['the access token is not valid', 'Ask an operator to check', '`ADOBE_IMS_URL`'],
  },
  {
    code: '403010',
    status: 403,
    body: GATEWAY('403010', 'Oauth token is missing.'),
    words: ['arrived without its access token', 'Ask an operator to check that no proxy'],
  },
  {
    code: '403000',
    status: 403,
    body: GATEWAY('403000', 'Api Key is required'),
    words: ['arrived without its API key', 'Ask an operator to check that no proxy'],
  },
  {
    code: '403003',
    status: 403,
    body: GATEWAY('403003', 'Api Key is invalid'),
    words: [
      "the app's project lacks the API",
      'Ask an operator to add the Experience Platform API and the I/O Management API',
    ],
  },
  {
    code: '403025',
    status: 403,
    body: GATEWAY('403025', 'Profile is not valid'),
    words: [
      'is not entitled to Experience Platform',
      'Ask an operator to check that `ADOBE_ORG_ID`',
      'an Adobe product admin has to',
    ],
  },
  {
    code: '400003',
    status: 400,
    body: GATEWAY('400003', 'Missing header'),
    words: ['without the id of the organisation', 'Ask an operator to check `ADOBE_ORG_ID`'],
  },
  {
    code: '429050',
    status: 429,
    body: GATEWAY('429050', 'Too many requests'),
    words: ["Adobe's rate limit was reached", 'Try again in a minute.'],
  },
];

const IMS: readonly Row[] = [
  ['invalid_client', 'the client id is unknown, or the client secret', 'Ask an operator to compare `ADOBE_CLIENT_ID`'],
  ['invalid_scope', 'lacks one of the scopes', 'Ask an operator to copy `ADOBE_SCOPES`'],
  [
    'unauthorized_client',
    'may not get tokens in this way',
    'Ask an operator to check that it is an OAuth Server-to-Server',
  ],
  ['invalid_request', 'the request for a token was incomplete', 'Ask an operator to check `ADOBE_CLIENT_ID`'],
  ['unsupported_grant_type', 'does not issue tokens to servers', 'Ask an operator to check `ADOBE_IMS_URL`'],
].map(([code = '', ...words]) => ({ code, status: 400, body: OAUTH(code), words }));

/** Documented errors whose codes we do not know, with their present words. */
const UNKNOWN: readonly Row[] = [
  {
    code: '403999',
    status: 403,
    body: GATEWAY('403999', 'AEP admin verification failed'),
    words: ['AEP admin verification failed: Adobe does not let', 'Ask an Adobe system admin to give'],
  },
  {
    code: 'QS-1010-403',
    status: 403,
    body: { type: 'https://ns.adobe.com/aep/errors/QS-1010-403', status: 403, title: 'Forbidden', detail: 'No rights' },
    words: ['AEP admin verification failed: Adobe does not let', '`No rights`', 'Ask an Adobe system admin to give'],
  },
];

function faultOf({ status, body }: Row, on: InjectedFault['on'], headers = { 'x-request-id': ID }): InjectedFault {
  return { on, kind: 'status', status, body, headers, times: 99 };
}

/** Asserts that the text has all the words, Adobe's code, and its request id, followed only by what to do. */
function expectWords(text: string, { words, code, status }: Row): void {
  const numbers = code.startsWith(String(status)) ? code : `${status} ${code}`;
  for (const each of [...words, `(\`${numbers}\``]) expect(text).toContain(each);
  const sentence = text.split('\n').find((line) => line.includes(words[0] ?? ''));
  expect(sentence).toMatch(new RegExp(`Adobe's request id: \`${ID}\`\\.( \\*Finish in Adobe\\*.*)?$`));
}

/** Refuses every read of this operation, then refreshes. */
async function refresh(world: World, fault: InjectedFault) {
  const list = await world.say(ADMIN, 'list');
  world.adobe.faults.add(fault);
  return world.press(ADMIN, list, 'list_refresh');
}

describe('an error that Adobe documents', () => {
  test.each([...PLATFORM, ...UNKNOWN])('$code is explained in the list, on Refresh and in the status', async (row) => {
    const world = await startWorld({ seed: SEED });
    const refreshed = await refresh(world, faultOf(row, 'accounts'));
    expectWords(refreshed.text, row);
    expect(refreshed.text).toContain('⚪ `airflow-dev` · ');
    expectWords((await world.say(ADMIN, 'status')).text, row);
  });

  test.each(IMS)('$code of IMS is explained in the list and in the status', async (row) => {
    const world = await startWorld({
      seed: SEED,
      synced: false,
      before: ({ adobe }) => adobe.faults.add(faultOf(row, 'token')),
    });
    await world.logged('sync failed; the last known state stays');
    for (const command of ['list', 'status']) expectWords((await world.say(ADMIN, command)).text, row);
    expect(JSON.stringify((await world.ready()).body)).toContain(row.words[0]);
  });

  test.each([...PLATFORM, ...UNKNOWN])(
    '$code ends a start with an explanation, which the history and the status keep',
    async (row) => {
      const world = await startWorld({ seed: SEED });
      world.adobe.faults.add(faultOf(row, 'start'));
      await world.migrate(ADMIN, 'airflow-dev');
      const end = await world.until(NOT_MIGRATED);
      expectWords(end.text, row);
      expect(end.text).toContain('Nothing was started.');
      expectWords((await world.say(ADMIN, 'status airflow-dev')).text, row);
      expect((await world.say(ADMIN, 'history airflow-dev')).text).toContain(`(request ${ID})`);
      expect(world.startsSent).toBe(1);
    },
  );
});

test('a start that Adobe refuses with 403 says that the first migration needs a system admin', async () => {
  const world = await startWorld({ seed: SEED });
  world.adobe.faults.add({ on: 'start', kind: 'status', status: 403 });
  await world.migrate(ADMIN, 'airflow-dev');
  const { text } = await world.until(NOT_MIGRATED);
  expect(text).toContain('The first migration in an organisation needs a system admin');
  expect(text).not.toContain('request id');
});

test('Adobe’s own words are not repeated, and a refused read names no setting that only concerns starts', async () => {
  const world = await startWorld({ seed: SEED });
  const body = { message: 'AEP admin verification failed' };
  const denied = await refresh(world, { on: 'accounts', kind: 'status', status: 403, body, times: 99 });
  expect(denied.text.match(/AEP admin verification failed/g)).toHaveLength(1);
  world.adobe.faults.clear();
  const missing = await refresh(world, { on: 'accounts', kind: 'status', status: 404, times: 99 });
  expect(missing.text).toContain("Ask an operator to check Adobe's addresses in the settings.");
  expect(missing.text).not.toContain('ADOBE_MIGRATE_PATH');
});

test.each([
  ['in the body of a gateway error', { error_code: '403025', request_id: ID }],
  ['in the report of problem details', { type: 'about:blank', title: 'Forbidden', report: { registryRequestId: ID } }],
])('the request id %s is shown if no header has one', async (_, body) => {
  const world = await startWorld({ seed: SEED });
  const { text } = await refresh(world, { on: 'accounts', kind: 'status', status: 403, body, times: 99 });
  expect(text).toContain(`Adobe's request id: \`${ID}\`.`);
});

test('a long request id is truncated and shown as plain text', async () => {
  const world = await startWorld({ seed: SEED });
  const id = `<!channel>${'x'.repeat(500)}`;
  const fault = faultOf(PLATFORM[4] as Row, 'accounts', { 'x-request-id': id });
  const { text } = await refresh(world, fault);
  expect(text).toMatch(/Adobe's request id: `&lt;!channel&gt;x+…`\./);
  expect(text).not.toContain('x'.repeat(81));
});

test('credentials that cannot be read for the same reason are explained once, with the first request id', async () => {
  const world = await startWorld({
    seed: seedOf(credential('airflow-dev'), credential('etl-dev')),
    synced: false,
    before: ({ adobe }) => {
      for (const id of ['first', 'second'])
        adobe.faults.add({ on: 'status', kind: 'status', status: 403, headers: { 'x-request-id': id } });
    },
  });
  await world.logged('sync failed; the last known state stays');
  const { text } = await world.say(ADMIN, 'list');
  expect(text.split('*Unknown*: ')).toHaveLength(2);
});
