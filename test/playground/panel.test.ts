import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PanelAction, PanelState, SlackFaultId } from '../../playground/panel/contract.ts';
import { type Playground, startPlayground } from '../../playground/playground.ts';
import type { PageAction, PageActionResult, PageState } from '../../playground/slack/contract.ts';
import { ADMIN } from '../support/people.ts';

const CHANNEL = 'C0DATA0001';
/** Not in production: confirmed without typing the name. */
const NAME = 'airflow-dev';

let playground: Playground;

beforeAll(async () => {
  playground = await startPlayground({ port: 0, scene: 'first-day' });
}, 180_000);
afterAll(() => playground.stop());

async function get<T>(path: string): Promise<T> {
  const response = await fetch(new URL(path, playground.url));
  return (await response.json()) as T;
}

async function post(path: string, body: unknown): Promise<PageActionResult> {
  const response = await fetch(new URL(path, playground.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as PageActionResult;
}

const panel = (find = '') => get<PanelState>(`/playground/panel?find=${encodeURIComponent(find)}`);
const slack = () => get<PageState>(`/playground/state?user=${ADMIN}`);
const panelAction = (action: PanelAction) => post('/playground/panel', action);
const slackAction = (action: PageAction) => post('/playground/action', action);

/** The messages of the channel, as the admin sees them. */
async function messages() {
  const { conversations } = await slack();
  return conversations.find(({ id }) => id === CHANNEL)?.messages ?? [];
}

async function posted(words: string) {
  return (await messages()).filter(({ text }) => text.includes(words));
}

/** Polls until the result is truthy. */
function until<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  return expect
    .poll(ask, { timeout: 60_000, interval: 50 })
    .toBeTruthy()
    .then(async () => (await ask()) as T);
}

test('the playground starts on 2 June 2025, and Slack, Adobe and the bot share that clock', async () => {
  const { scene, time, bot } = await panel();
  expect(scene.name).toBe('first-day');
  expect(bot).toMatchObject({ state: 'running', starts: 1 });
  const now = new Date(Date.now() + time.aheadMs);
  expect(now.toISOString()).toMatch(/^2025-06-02T10:0/);
  expect((await slack()).now).toMatch(/^2025-06-02T10:0/);
  expect(time.nextReminder).toBe('2025-06-16T09:00:00.000Z');
  await until(async () => (await posted('28 days left'))[0]);
});

test('moving the clock to the next reminder sends it and serves the window', async () => {
  expect(await panelAction({ kind: 'move', to: 'next-reminder' })).toEqual({ ok: true });
  expect(await posted('14 days left')).toHaveLength(1);
  const { time } = await panel();
  expect(time.windows.find(({ days }) => days === 14)).toMatchObject({ state: 'served' });
  expect(time.windows.find(({ days }) => days === 7)).toMatchObject({ state: 'ahead', servedAt: null });
});

test('the panel switches Slack’s faults', async () => {
  const on = async () => (await panel()).slackFaults.filter((each) => each.on).map(({ id }) => id);
  for (const { id } of (await panel()).slackFaults as readonly { id: SlackFaultId }[]) {
    await panelAction({ kind: 'slack-fault', id, on: true });
    expect(await on()).toEqual([id]);
    await panelAction({ kind: 'slack-fault', id, on: false });
  }
  expect(await on()).toEqual([]);
  expect((await panel()).slackFaults.filter(({ label, about }) => label === '' || about === '')).toEqual([]);
});

test('the panel shows Adobe’s credentials and switches its faults', async () => {
  await panelAction({ kind: 'fault', id: 'down', on: true });
  const { adobe } = await panel(NAME);
  expect(adobe.credentials.map(({ name, state }) => [name, state])).toEqual([[NAME, 'NOT_STARTED']]);
  expect(adobe.faults.filter(({ on }) => on).map(({ id }) => id)).toEqual(['down']);
  await panelAction({ kind: 'fault', id: 'down', on: false });
  expect((await panel()).adobe.faults.some(({ on }) => on)).toBe(false);
});

test('a bot killed during a migration reports its end after the restart, and started it once', async () => {
  await panelAction({ kind: 'migration-seconds', seconds: 2 });
  await slackAction({ kind: 'command', user: ADMIN, channel: CHANNEL, text: `/qs-creds migrate ${NAME}` });
  const question = await until(async () =>
    (await messages()).find(({ ephemeral, text }) => ephemeral && text.includes('Migrate `')),
  );
  const blockId = question.blocks.find(({ type }) => type === 'actions')?.block_id ?? '';
  await slackAction({
    kind: 'press',
    user: ADMIN,
    container: { channel: CHANNEL, ts: question.ts },
    blockId,
    actionId: 'confirm',
  });
  const starts = async () =>
    (await panel()).calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/migrate'));
  await until(async () => (await starts()).length === 1);
  expect(await panelAction({ kind: 'kill-and-start' })).toEqual({ ok: true });
  expect((await panel()).bot).toMatchObject({ state: 'running', starts: 2 });
  await until(async () => (await posted(`\`${NAME}\``)).find(({ text }) => text.includes('Migrated')));
  expect(await starts()).toHaveLength(1);
}, 180_000);

test('a reminder due while the bot was stopped is sent once after its start', async () => {
  await panelAction({ kind: 'kill' });
  expect((await panel()).bot).toMatchObject({ state: 'stopped', pid: null, last: 'killed (SIGKILL)' });
  const command = { kind: 'command', user: ADMIN, channel: CHANNEL, text: '/qs-creds help' } as const;
  expect(await slackAction(command)).toMatchObject({ ok: false });
  await panelAction({ kind: 'move', to: 'past-deadline' });
  await panelAction({ kind: 'start' });
  const overdue = await until(async () => {
    const found = await posted('1 day');
    return found.length > 0 && found;
  });
  expect(overdue).toHaveLength(1);
  const { time } = await panel();
  expect(time.windows.filter(({ state }) => state === 'skipped').map(({ days }) => days)).toEqual([60, 7, 3, 2, 1, 0]);
  expect(await panelAction({ kind: 'move', to: 'past-deadline' })).toEqual({
    ok: false,
    error: 'The deadline has already passed.',
  });
}, 180_000);

test('the call log has calls to Adobe and Slack, without secrets', async () => {
  const { calls } = await panel();
  expect(new Set(calls.map(({ to }) => to))).toEqual(new Set(['Adobe', 'Slack']));
  await slackAction({ kind: 'command', user: ADMIN, channel: CHANNEL, text: '/qs-creds list' });
  const list = await until(async () => (await posted('🔒 Production: '))[0]);
  const { block_id: blockId = '' } = list.blocks.find(({ type }) => type === 'actions') ?? {};
  const of = { container: { channel: CHANNEL, ts: list.ts }, blockId, actionId: 'list_refresh' };
  expect(await slackAction({ kind: 'press', user: ADMIN, ...of })).toEqual({ ok: true });
  const reply = await until(async () => (await panel()).calls.find(({ method }) => method === 'response_url'));
  expect(reply).toMatchObject({ to: 'Slack', outcome: 'ok', ok: true });
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  const everything = JSON.stringify(calls);
  expect(everything).toContain('••••');
  expect(everything).not.toMatch(/simulated-client-secret|simulated-token|xoxb-playground/);
});

test('in the call log, the rejection of a newer block is an expected failure, since its plain form follows', async () => {
  await panelAction({ kind: 'slack-fault', id: 'slack-no-new-blocks', on: true });
  expect(await slackAction({ kind: 'home', user: ADMIN })).toEqual({ ok: true });
  const published = await until(async () => {
    const found = (await panel()).calls.filter(({ method }) => method === 'views.publish').slice(-2);
    return found.some(({ outcome }) => outcome === 'invalid_blocks') && found.at(-1)?.ok && found;
  });
  await panelAction({ kind: 'slack-fault', id: 'slack-no-new-blocks', on: false });
  expect(published).toMatchObject([{ ok: false, isExpected: true }, { ok: true }]);
  expect(published[1]?.isExpected).toBe(undefined);
  // A call that merely fails is not expected.
  await panelAction({ kind: 'slack-fault', id: 'slack-token-revoked', on: true });
  await slackAction({ kind: 'home', user: ADMIN });
  const failed = await until(async () => (await panel()).calls.find(({ outcome }) => outcome === 'token_revoked'));
  await panelAction({ kind: 'slack-fault', id: 'slack-token-revoked', on: false });
  expect(failed).toMatchObject({ ok: false });
  expect(failed.isExpected).toBe(undefined);
});

test.each([
  ['an empty action', {}],
  ['an unknown move', { kind: 'move', to: 'yesterday' }],
  ['an unknown fault', { kind: 'fault', id: 'fire', on: true }],
  ['a duration of zero', { kind: 'migration-seconds', seconds: 0 }],
])('the panel rejects %s with an explanation', async (_, action) => {
  expect(await post('/playground/panel', action)).toEqual({
    ok: false,
    error: 'The playground does not know this action.',
  });
});
