import { describe, expect, test } from 'vitest';
import type { Account } from '../../src/credentials/adobe-reader.ts';
import type { Migration } from '../../src/migrations/migration.ts';
import { consoleId } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';
import { ASKER, ask, by, confirmed, denialOf, MEMBER, OTHER, startWith, story } from './setup.ts';

const PRESS = { typed: null, responseUrl: 'https://slack.example/press' };
const TEN_MINUTES = 600;

describe('an expiring request', () => {
  test('a request expires after exactly ten minutes, and not a millisecond earlier', async () => {
    const now = await startWith([1, 2]);
    const { id } = await ask(now, 1);
    now.clock.advance(TEN_MINUTES - 0.001);
    await now.pendingRequests.expireOverdue();
    expect(await now.migrations.get(id)).toMatchObject({ state: 'asked' });
    now.clock.advance(0.001);
    const { id: younger } = await ask(now, 2);
    await now.pendingRequests.expireOverdue();
    const expired = { id, state: 'expired', decidedBy: null, reason: null };
    expect(await now.migrations.get(id)).toMatchObject(expired);
    expect(await now.migrations.get(younger)).toMatchObject({ state: 'asked' });
    expect(now.messages.closed).toMatchObject([{ request: expired, responseUrl: null }]);
    expect((await story(now)).at(-1)).toBe('expired by qs-creds');
    expect(now.endings).toEqual(['expired']);
  });

  test('a request expires once', async () => {
    const now = await startWith([1]);
    await ask(now, 1);
    now.clock.advance(TEN_MINUTES);
    await Promise.all([now.pendingRequests.expireOverdue(), now.pendingRequests.expireOverdue()]);
    await now.pendingRequests.expireOverdue();
    expect(now.messages.closed).toHaveLength(1);
    expect(now.endings).toEqual(['expired']);
  });

  test('a request that is pressed too late expires at the press', async () => {
    const now = await startWith([1]);
    const { id } = await ask(now, 1);
    now.clock.advance(TEN_MINUTES);
    const expired = { id, state: 'expired' };
    expect(await by(ASKER, now).confirm(id, PRESS)).toMatchObject({ kind: 'too_late', request: expired });
    expect(await now.stores.migrations.queue()).toEqual([]);
    expect(await by(ASKER, now).find(id)).toMatchObject({ kind: 'too_late', request: expired });
  });

  test('a request confirmed in time does not expire', async () => {
    const now = await startWith([1]);
    const { id } = await ask(now, 1);
    now.clock.advance(TEN_MINUTES - 0.001);
    expect(await by(ASKER, now).confirm(id, PRESS)).toMatchObject({ kind: 'confirmed' });
    now.clock.advance(TEN_MINUTES);
    await now.pendingRequests.expireOverdue();
    expect(await now.migrations.get(id)).toMatchObject({ state: 'confirmed' });
  });
});

describe('a request that is void at the press', () => {
  async function changed(how: (now: Awaited<ReturnType<typeof startWith>>) => Promise<unknown>) {
    const now = await startWith([1]);
    const { id } = await ask(now, 1);
    await how(now);
    const answered = await by(ASKER, now).confirm(id, PRESS);
    expect(answered.kind).toBe('too_late');
    expect(await now.stores.migrations.queue()).toEqual([]);
    const request = (await now.migrations.get(id)) as Migration;
    expect(request).toMatchObject({ state: 'void', decidedBy: null });
    // The reply to the press replaces the question; closing it as well would show it twice.
    expect(answered).toEqual({ kind: 'too_late', request: request });
    expect(now.messages.closed).toEqual([]);
    expect(await story(now)).toContain(`void by qs-creds ${request.reason?.code}`);
    expect(now.endings).toEqual(['void']);
    return request.reason?.code;
  }

  test.each<[string, Partial<Account>]>([
    ['the name changed', { name: 'another' }],
    ['the owner changed', { owner: 'al@example.com' }],
  ])('a request is void when %s', async (_, change) => {
    const reason = await changed(({ adobe, sync }) => {
      adobe.accounts.clear();
      adobe.add(1, change);
      return sync.run();
    });
    expect(reason).toBe('changed');
  });

  test('a request is void when the credential has appeared in another sandbox', async () => {
    const reason = await changed(({ adobe, sync }) => {
      adobe.accounts.clear();
      adobe.add(1, {}, ['dev', 'prod']);
      return sync.run();
    });
    expect(reason).toBe('changed');
  });

  test('a request is void when Adobe no longer shows the credential', async () => {
    const reason = await changed(({ adobe, sync }) => {
      adobe.accounts.clear();
      return sync.run();
    });
    expect(reason).toBe('changed');
  });

  test.each([
    ['can no longer be migrated', 'none', 'changed'],
    ['is being migrated by someone else', 'started', 'elsewhere'],
    ['was migrated by someone else', 'completed', 'elsewhere'],
  ] as const)('a request is void when the credential %s', async (_, status, why) => {
    const reason = await changed(({ stores, clock }) =>
      stores.credentials.setAdobeStatus(accountId(1), status, clock.now()),
    );
    expect(reason).toBe(why);
  });

  test('a request is void as soon as a sync finds that the migration started elsewhere', async () => {
    const now = await startWith([1, 2]);
    const [moved, other] = [await ask(now, 1), await ask(now, 2)];
    now.adobe.statuses.set(consoleId(1), 'started');
    await now.sync.run();
    const ended = { id: moved.id, state: 'void', reason: { code: 'elsewhere' } };
    expect(now.messages.closed).toMatchObject([{ request: ended, responseUrl: null }]);
    expect(await now.migrations.get(other.id)).toEqual(other);
  });

  test('a request is not void when only the description has changed', async () => {
    const now = await startWith([1]);
    const { id } = await ask(now, 1);
    now.adobe.accounts.clear();
    now.adobe.add(1, { description: 'new' });
    await now.sync.run();
    expect(await by(ASKER, now).confirm(id, PRESS)).toMatchObject({ kind: 'confirmed' });
  });
});

describe('cancelling', () => {
  test('the asker cancels a request', async () => {
    const now = await startWith([1]);
    const request = await ask(now, 1);
    now.clock.advance(60);
    const cancelled = await by(ASKER, now).cancel(request.id, PRESS.responseUrl);
    const decided = { state: 'cancelled', decidedBy: ASKER.userId, decidedAt: now.clock.now() };
    expect(cancelled).toEqual({ ...request, ...decided });
    expect(now.messages.closed).toEqual([{ request: cancelled, responseUrl: PRESS.responseUrl }]);
    expect(await story(now)).toEqual([`asked by ${ASKER.userId}`, `cancelled by ${ASKER.userId}`]);
    expect(now.endings).toEqual(['cancelled']);
    expect(await by(ASKER, now).confirm(request.id, PRESS)).toMatchObject({ kind: 'too_late' });
  });

  test('cancelling by anyone else is denied and audited', async () => {
    const now = await startWith([1]);
    const { id } = await ask(now, 1);
    expect(await denialOf(by(OTHER, now).cancel(id, null))).toBe('not_asked');
    expect(await denialOf(by(MEMBER, now).cancel(id, null))).toBe('not_migrator');
    expect(await now.migrations.get(id)).toMatchObject({ state: 'asked' });
    expect((await story(now)).slice(1)).toEqual([
      `refused by ${OTHER.userId} not_asked`,
      `refused by ${MEMBER.userId} not_migrator`,
    ]);
  });

  test('cancelling after the confirmation changes nothing', async () => {
    const now = await startWith([1]);
    const migration = await confirmed(now, 1);
    expect(await by(ASKER, now).cancel(migration.id, null)).toEqual(migration);
    expect(now.messages.closed).toHaveLength(1);
    expect(now.endings).toEqual([]);
  });

  test('cancelling a request that does not exist does nothing', async () => {
    const now = await startWith([]);
    expect(await by(ASKER, now).cancel('made-up', null)).toBeNull();
  });

  test('when a cancellation and a confirmation come at the same moment, only one counts', async () => {
    const now = await startWith([1]);
    const { id } = await ask(now, 1);
    await Promise.all([by(ASKER, now).cancel(id, null), by(ASKER, now).confirm(id, PRESS)]);
    const decisions = (await story(now)).filter((line) => /^(confirmed|cancelled)/.test(line));
    expect(decisions).toHaveLength(1);
    expect(now.messages.closed).toHaveLength(1);
  });
});
