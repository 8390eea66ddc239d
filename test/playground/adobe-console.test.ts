import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { startCaller } from './adobe-caller.ts';

const CREDENTIALS = '/console/organizations/81234/credentials/oauth-server-to-server';
const BI = technicalAccountIdOf('bi-nightly');

/** The three calls that change a migration, with the status of success. */
const CALLS = {
  begin: ['POST', 'binding', 201],
  finish: ['PATCH', 'finalize', 200],
  cancel: ['DELETE', 'binding', 204],
} as const;

type Call = keyof typeof CALLS;

async function start() {
  const started = await startCaller();
  const { ask, send } = started;
  const change = async (what: Call, id = '100001') => {
    const [method, path, ok] = CALLS[what];
    const { status, body } = await send(method, `${CREDENTIALS}/${id}/${path}`);
    return { isAccepted: status === ok, status, body };
  };
  const state = async (id = '100001') => (await ask(`${CREDENTIALS}/${id}/status`)).body?.migrationStatus;
  return { ...started, change, state };
}

/** The ids of seeded integrations in each state. */
const IN_STATE = { NOT_STARTED: '100001', COMPLETED: '100004', STARTED: '100006', NONE: '100017' };
const REFUSAL = 'HTTP 400, without a body and without a change';

describe('a migration in the Developer Console', () => {
  test.each<readonly [keyof typeof IN_STATE, Call, string]>([
    ['NOT_STARTED', 'begin', 'STARTED'],
    ['NOT_STARTED', 'finish', REFUSAL],
    ['NOT_STARTED', 'cancel', REFUSAL],
    ['STARTED', 'begin', REFUSAL],
    ['STARTED', 'finish', 'COMPLETED'],
    ['STARTED', 'cancel', 'NOT_STARTED'],
    ['COMPLETED', 'begin', REFUSAL],
    ['COMPLETED', 'finish', REFUSAL],
    ['COMPLETED', 'cancel', REFUSAL],
    ['NONE', 'begin', REFUSAL],
    ['NONE', 'finish', REFUSAL],
    ['NONE', 'cancel', REFUSAL],
  ])('that is %s: %s leads to %s', async (from, what, outcome) => {
    const to = outcome === REFUSAL ? null : outcome;
    const { adobe, change, state } = await start();
    const id = IN_STATE[from];
    expect(await state(id)).toBe(from);
    const { isAccepted, status, body } = await change(what, id);
    expect(isAccepted).toBe(to !== null);
    expect(await state(id)).toBe(to ?? from);
    expect(adobe.consoleChanges).toHaveLength(to === null ? 0 : 1);
    if (to === null) expect([status, body]).toEqual([400, undefined]);
  });

  test('can be begun again after it was cancelled, and each accepted call is recorded', async () => {
    const { adobe, change, state, clock } = await start();
    for (const what of ['begin', 'cancel', 'begin', 'finish'] as const) {
      expect((await change(what)).isAccepted).toBe(true);
      clock.advance(1);
    }
    expect(await state()).toBe('COMPLETED');
    expect(adobe.consoleChanges.map(({ what }) => what)).toEqual(['begin', 'cancel', 'begin', 'finish']);
    expect(adobe.consoleChanges[0]?.technicalAccountId).toBe(BI);
    expect(adobe.starts).toEqual([]);
  });

  test('cannot be changed there while Query Service migrates the credential', async () => {
    const { adobe, change, state } = await start();
    adobe.migrateElsewhere(BI);
    for (const what of ['begin', 'finish', 'cancel'] as const) expect((await change(what)).status).toBe(400);
    expect(await state()).toBe('STARTED');
  });

  test('is unknown for an id that the organisation does not have', async () => {
    const { change } = await start();
    expect((await change('begin', '1')).status).toBe(400);
    for (const what of ['finish', 'cancel'] as const) expect((await change(what, '1')).status).toBe(404);
  });

  test('begins with a response that conforms to the published schema', async () => {
    const published = JSON.parse(readFileSync(new URL('../adobe/published-schemas.json', import.meta.url), 'utf8'));
    const validate = new Ajv({ strict: false }).compile(published['binding']);
    const { change } = await start();
    const { body } = await change('begin');
    expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
  });
});

describe('faults', () => {
  test.each([
    ['refused', 403],
    ['api-missing', 403],
    ['down', 503],
    ['rate-limited', 429],
  ] as const)(
    'the fault %s applies to the calls that change a migration, which then have no effect',
    async (id, status) => {
      const { adobe, change } = await start();
      adobe.switchFault(id, true);
      for (const what of ['begin', 'finish', 'cancel'] as const) expect((await change(what)).status).toBe(status);
      expect(adobe.consoleChanges).toEqual([]);
    },
  );

  test('a change whose response is lost takes effect', async () => {
    const { adobe, change, state } = await start();
    adobe.switchFault('start-response-lost', true);
    await expect(change('begin')).rejects.toThrow();
    expect(await state()).toBe('STARTED');
    await expect(change('finish')).rejects.toThrow();
    expect(await state()).toBe('COMPLETED');
  });

  test('while migrations fail, a change is accepted and has no effect', async () => {
    const { adobe, change, state } = await start();
    adobe.switchFault('migration-fails', true);
    expect((await change('begin')).status).toBe(201);
    expect(await state()).toBe('NOT_STARTED');
    adobe.switchFault('migration-fails', false);
    await change('begin');
    adobe.switchFault('migration-fails', true);
    for (const what of ['finish', 'cancel'] as const) expect((await change(what)).isAccepted).toBe(true);
    expect(await state()).toBe('STARTED');
    expect(adobe.consoleChanges.map(({ what }) => what)).toEqual(['begin', 'begin', 'finish', 'cancel']);
  });
});
