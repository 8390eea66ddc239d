import { describe, expect, test } from 'vitest';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, by, confirmed, PLACE, type Process, startWith, story } from './setup.ts';

const MINUTE = 60_000;

function asking(
  process: Process,
  id = accountId(1),
  where: { channel: string; responseUrl: string | null } = PLACE,
) {
  return by(ASKER, process).ask(id, where);
}

describe('asking', () => {
  test('writes down who asked for what as it is shown, for ten minutes', async () => {
    const now = await startWith([1, 2]);
    const asked = await asking(now);
    const request = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      state: 'asked',
      technicalAccountId: accountId(1),
      consoleId: consoleId(1),
      shown: { name: 'credential 1', owner: null, sandboxes: ['dev'] },
      channel: PLACE.channel,
      responseUrl: PLACE.responseUrl,
      askedBy: ASKER.userId,
      askedAt: now.clock.now(),
      expiresAt: new Date(now.clock.now().getTime() + 10 * MINUTE),
      decidedBy: null,
      startedAt: null,
      questionMessage: null,
    };
    expect(asked).toMatchObject({ kind: 'asked', request, credential: { name: 'credential 1' } });
    if (asked.kind !== 'asked') return;
    expect(await now.migrations.get(asked.request.id)).toEqual(asked.request);
    expect(await story(now)).toEqual([`asked by ${ASKER.userId}`]);
    expect(now.messages.posted).toEqual([]);
  });

  test('takes the id as people write it', async () => {
    const now = await startWith([10]);
    const id = `${accountId(10).toLowerCase()}@techacct.adobe.com`;
    expect(await asking(now, id)).toMatchObject({ request: { technicalAccountId: accountId(10) } });
  });

  test('posts the question where nothing else can show it', async () => {
    const now = await startWith([1]);
    const asked = await asking(now, accountId(1), { channel: 'D1', responseUrl: null });
    const message = { channel: 'D1', ts: '1.1' };
    expect(asked).toMatchObject({ kind: 'asked', request: { questionMessage: message } });
    expect(now.messages.posted).toHaveLength(1);
    if (asked.kind !== 'asked') return;
    expect(await now.migrations.get(asked.request.id)).toEqual(asked.request);
  });

  test('twice gives two questions', async () => {
    const now = await startWith([1]);
    const ids = [await asking(now), await asking(now)].map((asked) =>
      asked.kind === 'asked' ? asked.request.id : null,
    );
    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain(null);
  });
});

describe('asking is not possible', () => {
  test.each([
    ['migrated', 'completed'],
    ['migrating', 'started'],
    ['not_eligible', 'none'],
  ] as const)('for one that is %s', async (status, adobeStatus) => {
    const now = await startWith([1]);
    await now.stores.credentials.setAdobeStatus(accountId(1), adobeStatus);
    expect(await asking(now)).toMatchObject({ kind: 'not_possible', credential: { status }, active: null });
    expect(await story(now)).toEqual([]);
  });

  test('for one whose status is unknown', async () => {
    const now = await startWith([1]);
    now.adobe.integrations.clear();
    await now.sync.run();
    expect(await asking(now)).toMatchObject({ kind: 'not_possible', credential: { status: 'unknown' } });
  });

  test('for one that waits in line, and says by what', async () => {
    const now = await startWith([1]);
    const { id } = await confirmed(now, 1);
    const asked = await asking(now);
    expect(asked).toMatchObject({
      kind: 'not_possible',
      credential: { status: 'migrating' },
      active: { id },
    });
  });

  test('for one that needs attention', async () => {
    const now = await startWith([1]);
    const { id } = await confirmed(now, 1);
    const note = { at: now.clock.now(), actor: 'test', detail: null };
    await now.stores.migrations.move(id, 'confirmed', 'submitted', {}, note);
    await now.stores.migrations.move(id, 'submitted', 'needs_attention', {}, note);
    const needsAttention = { status: 'needs_attention' };
    expect(await asking(now)).toMatchObject({
      kind: 'not_possible',
      credential: needsAttention,
      active: null,
    });
  });

  test('for one that is gone from Adobe, or never was there', async () => {
    const now = await startWith([1, 2]);
    now.adobe.accounts.set('dev', now.adobe.accounts.get('dev')?.slice(1) ?? []);
    await now.sync.run();
    expect(await asking(now)).toEqual({ kind: 'gone' });
    expect(await asking(now, accountId(9))).toEqual({ kind: 'gone' });
    expect(await asking(now, '')).toEqual({ kind: 'gone' });
  });

  test('where Slack does not take the question: it is void', async () => {
    const now = await startWith([1]);
    now.messages.takesQuestions = false;
    const asked = await asking(now, accountId(1), { channel: 'C9', responseUrl: null });
    expect(asked).toEqual({ kind: 'not_posted' });
    expect(await story(now)).toEqual([`asked by ${ASKER.userId}`, 'void by qs-creds not_posted']);
    expect(now.endings).toEqual(['void']);
  });
});
