import { describe, expect, test } from 'vitest';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, by, confirmed, newProcess, OTHER, PLACE, type Process, startWith, story } from './setup.ts';

const MINUTE = 60_000;

function asking(process: Process, id = accountId(1), where: { channel: string; responseUrl: string | null } = PLACE) {
  return by(ASKER, process).ask(id, where);
}

describe('asking', () => {
  test('asking records who asked for which credential as it was shown, for ten minutes', async () => {
    const now = await startWith([1, 2]);
    const asked = await asking(now);
    const request = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      state: 'asked',
      technicalAccountId: accountId(1),
      consoleId: consoleId(1),
      shown: { name: 'credential 1', owner: null, sandboxes: ['dev'] },
      channel: PLACE.channel,
      responseUrl: null,
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

  test('asking records the owner’s Slack user if a reminder or a notice has found it', async () => {
    const now = await startWith([]);
    for (const number of [1, 2, 3])
      now.adobe.add(number, { owner: number === 3 ? null : `Owner${number}@example.com` });
    await now.sync.run();
    const { reminders } = now.stores;
    await reminders.rememberRecipient('owner1@example.com', { kind: 'person', userId: 'U1' }, now.clock.now());
    const unreachable = { kind: 'unreachable', why: 'unknown' } as const;
    await reminders.rememberRecipient('Owner2@example.com', unreachable, now.clock.now());
    const shown = await Promise.all(
      [1, 2, 3].map(async (number) => {
        const asked = await asking(now, accountId(number));
        return asked.kind === 'asked' && (await now.migrations.get(asked.request.id))?.shown;
      }),
    );
    expect(shown).toMatchObject([{ owner: 'Owner1@example.com', ownerId: 'U1' }, { owner: 'Owner2@example.com' }, {}]);
    expect(shown.map((each) => each && 'ownerId' in each)).toEqual([true, false, false]);
  });

  test('asking accepts a technical account id in any common spelling', async () => {
    const now = await startWith([10]);
    const id = `${accountId(10).toLowerCase()}@techacct.adobe.com`;
    expect(await asking(now, id)).toMatchObject({ request: { technicalAccountId: accountId(10) } });
  });

  test('asking posts the question if there is no response_url', async () => {
    const now = await startWith([1]);
    const asked = await asking(now, accountId(1), { channel: 'D1', responseUrl: null });
    const message = { channel: 'D1', ts: '1.1' };
    expect(asked).toMatchObject({ kind: 'asked', request: { questionMessage: message } });
    expect(now.messages.posted).toHaveLength(1);
    if (asked.kind !== 'asked') return;
    expect(await now.migrations.get(asked.request.id)).toEqual(asked.request);
  });

  test('asking twice makes two requests', async () => {
    const now = await startWith([1]);
    const ids = [await asking(now), await asking(now)].map((asked) =>
      asked.kind === 'asked' ? asked.request.id : null,
    );
    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain(null);
  });
});

describe('the app', () => {
  test.each([
    ['migrated', 'completed'],
    ['unfinished', 'started'],
    ['not_eligible', 'none'],
  ] as const)('does not ask about a credential that is %s', async (status, adobeStatus) => {
    const now = await startWith([1]);
    await now.stores.credentials.setAdobeStatus(accountId(1), adobeStatus, now.clock.now());
    expect(await asking(now)).toMatchObject({ kind: 'not_possible', credential: { status }, active: null });
    expect(await story(now)).toEqual([]);
  });

  test('does not ask about a credential whose status is unknown', async () => {
    const now = await startWith([1]);
    now.adobe.integrations.clear();
    await now.sync.run();
    expect(await asking(now)).toMatchObject({ kind: 'not_possible', credential: { status: 'unknown' } });
  });

  test('does not ask about a credential in the queue, and names its migration', async () => {
    const now = await startWith([1]);
    const { id } = await confirmed(now, 1);
    const asked = await asking(now);
    expect(asked).toMatchObject({ kind: 'not_possible', credential: { status: 'migrating' }, active: { id } });
  });

  test('does not ask about a credential that needs attention', async () => {
    const now = await startWith([1]);
    const { id } = await confirmed(now, 1);
    const note = { at: now.clock.now(), actor: 'test', detail: null };
    await now.stores.migrations.move(id, 'confirmed', 'submitted', {}, note);
    await now.stores.migrations.move(id, 'submitted', 'needs_attention', {}, note);
    const needsAttention = { status: 'needs_attention' };
    expect(await asking(now)).toMatchObject({ kind: 'not_possible', credential: needsAttention, active: null });
  });

  test('does not ask about a credential that Adobe does not show', async () => {
    const now = await startWith([1, 2]);
    now.adobe.accounts.set('dev', now.adobe.accounts.get('dev')?.slice(1) ?? []);
    await now.sync.run();
    expect(await asking(now)).toEqual({ kind: 'gone' });
    expect(await asking(now, accountId(9))).toEqual({ kind: 'gone' });
    expect(await asking(now, '')).toEqual({ kind: 'gone' });
  });

  test('voids a request if it may not post the question', async () => {
    const now = await startWith([1]);
    now.messages.takesQuestions = false;
    const asked = await asking(now, accountId(1), { channel: 'C9', responseUrl: null });
    expect(asked).toEqual({ kind: 'not_posted' });
    expect(await story(now)).toEqual([`asked by ${ASKER.userId}`, 'void by qs-creds not_posted']);
    expect(now.endings).toEqual(['void']);
  });
});

describe('open questions of one person', () => {
  const kinds = (asked: readonly { readonly kind: string }[], kind: string) =>
    asked.filter((each) => each.kind === kind).length;

  test('a new question about the same credential replaces the earlier one, which can no longer be confirmed', async () => {
    const now = await startWith([1, 2]);
    const posted = { ...PLACE, responseUrl: null };
    const [earlier, another, later] = [
      await asking(now, accountId(1), posted),
      await asking(now, accountId(2), posted),
      await asking(now, accountId(1), posted),
    ];
    if (earlier.kind !== 'asked' || another.kind !== 'asked' || later.kind !== 'asked') throw new Error('not asked');
    const ended = { ...earlier.request, state: 'void', reason: { code: 'asked_again' } };
    expect(now.messages.closed).toEqual([{ request: ended, responseUrl: null }]);
    expect(now.endings).toEqual(['void']);
    expect(await by(ASKER, now).confirm(earlier.request.id)).toEqual({ kind: 'too_late', request: ended });
    expect((await story(now)).slice(2)).toEqual(['void by qs-creds asked_again', `asked by ${ASKER.userId}`]);
    expect(await now.migrations.get(another.request.id)).toMatchObject({ state: 'asked' });
    expect((await by(ASKER, now).confirm(later.request.id)).kind).toBe('confirmed');
  });

  test('an earlier ephemeral question is closed when it is pressed, without a message before that', async () => {
    const now = await startWith([1]);
    const earlier = await asking(now);
    await asking(now);
    expect(now.messages.closed).toEqual([]);
    if (earlier.kind !== 'asked') throw new Error('not asked');
    expect(await by(ASKER, now).find(earlier.request.id)).toMatchObject({
      kind: 'too_late',
      request: { state: 'void', reason: { code: 'asked_again' } },
    });
  });

  test('another person’s question about the same credential stays open', async () => {
    const now = await startWith([1]);
    await by(OTHER, now).ask(accountId(1));
    await asking(now);
    expect(await now.stores.migrations.pendingRequests(accountId(1))).toHaveLength(2);
  });

  test('two hundred presses at once leave one open question for each of ten credentials, and open none for the others', async () => {
    const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
    const now = await startWith(numbers);
    const other = newProcess(now.world);
    const asked = await Promise.all(
      Array.from({ length: 200 }, (_, i) => asking(i % 2 === 0 ? now : other, accountId(numbers[i % 20] ?? 1))),
    );
    expect(kinds(asked, 'asked')).toBe(100);
    expect(kinds(asked, 'too_many')).toBe(100);
    const open = await Promise.all(
      numbers.map(async (number) => (await now.stores.migrations.pendingRequests(accountId(number))).length),
    );
    expect(open.toSorted()).toEqual([...Array(10).fill(0), ...Array(10).fill(1)]);
  });

  test('a new question is possible once an open one ends, and each person has a separate limit', async () => {
    const now = await startWith(Array.from({ length: 11 }, (_, i) => i + 1));
    for (let i = 1; i <= 10; i++) await asking(now, accountId(i));
    expect(await asking(now, accountId(11))).toEqual({ kind: 'too_many' });
    expect((await by(OTHER, now).ask(accountId(11))).kind).toBe('asked');
    now.clock.advance(600);
    await now.pendingRequests.expireOverdue();
    expect((await asking(now, accountId(11))).kind).toBe('asked');
  });
});
