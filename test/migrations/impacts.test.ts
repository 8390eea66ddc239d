import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Migration } from '../../src/migrations/migration.ts';
import { impactMark } from '../../src/migrations/seen-impact.ts';
import { adobeError } from '../support/fakes.ts';
import { accountId, minute } from '../support/samples.ts';
import { query, schedule } from '../usage/setup.ts';
import { ASKER, by, confirmed, OTHER, PLACE, startWith, story } from './setup.ts';

/** One eligible credential with an hourly schedule, whose use has been read. */
async function startUsed(settings: Parameters<typeof startWith>[1] = {}) {
  const now = await startWith([1], settings);
  now.adobe.schedulesIn.set('dev', [schedule()]);
  now.adobe.queriesIn.set('dev', [query(-60)]);
  await read(now);
  const credential = async () => {
    const found = await now.stores.credentials.get(accountId(1));
    if (found === null) throw new Error('it is gone');
    return found;
  };
  return { ...now, credential, state: (id: string) => now.stores.migrations.get(id) };
}

/** The background reading, a minute later. */
async function read({
  clock,
  sync,
  usageSync,
}: Pick<Awaited<ReturnType<typeof startWith>>, 'clock' | 'sync' | 'usageSync'>) {
  clock.advance(60);
  await sync.run();
  await usageSync.run();
}

async function asked(now: Awaited<ReturnType<typeof startUsed>>, where = PLACE): Promise<Migration> {
  const result = await by(ASKER, now).ask(accountId(1), where);
  if (result.kind !== 'asked') throw new Error(result.kind);
  return result.request;
}

describe('the impact of a migration', () => {
  test('is stored with the question, first as already known, then as read for it', async () => {
    const now = await startUsed();
    const request = await asked(now);
    expect(request.impact).toMatchObject({ readAt: minute(1), schedules: [{ name: 'Hourly' }] });
    now.adobe.schedulesIn.set('dev', [schedule({ name: 'Nightly' })]);
    now.clock.advance(60);
    const impact = await now.impacts.read(await now.credential());
    const kept = await now.impacts.keep(request, impact);
    expect(kept.impact).toMatchObject({ readAt: minute(2), schedules: [{ name: 'Nightly' }] });
    expect(await now.state(request.id)).toEqual(kept);
  });

  test('is shown with its age if Adobe cannot be read now', async () => {
    const now = await startUsed();
    now.adobe.failing.set('queries', adobeError('unavailable', 503));
    now.clock.advance(60);
    const impact = await now.impacts.read(await now.credential());
    expect(impact).toMatchObject({ readAt: minute(1), problem: { kind: 'unavailable' }, triage: 'in_use' });
  });

  test('a posted question is completed by an edit', async () => {
    const now = await startUsed({ requireSecondPerson: true });
    const request = await asked(now);
    await now.impacts.show(request, await now.credential(), await now.impacts.read(await now.credential()));
    // The question already shows this.
    expect(now.messages.revised).toEqual([]);
    now.adobe.queriesIn.set('dev', [query(-30), query(-60)]);
    const impact = await now.impacts.read(await now.credential());
    await now.impacts.show(request, await now.credential(), impact);
    expect(now.messages.revised).toMatchObject([{ id: request.id, impact }]);
    expect(await now.state(request.id)).toMatchObject({ impact });
  });

  test('a posted question that is decided during its edit gets no buttons back, and keeps the impact that was decided on', async () => {
    const now = await startUsed({ requireSecondPerson: true });
    const request = await asked(now);
    const before = request.impact;
    const revise = now.messages.revise.bind(now.messages);
    now.messages.revise = async (each) => {
      await by(OTHER, now).confirm(request.id);
      await revise(each);
    };
    now.clock.advance(60);
    now.adobe.queriesIn.set('dev', [query(-30), query(-60)]);
    await now.impacts.show(request, await now.credential(), await now.impacts.read(await now.credential()));
    expect(await now.state(request.id)).toMatchObject({ state: 'confirmed', impact: before });
    expect(now.messages.closed.at(-1)?.request.state).toBe('confirmed');
    expect(now.messages.closed).toHaveLength(2);
  });

  test('is stored with the confirmation as shown at the press: the earlier, the later, or the earlier if unmarked', async () => {
    const kept = [];
    for (const pressed of ['earlier', 'later', 'unknown'] as const) {
      const now = await startUsed({ requireSecondPerson: true });
      const request = await asked(now);
      now.clock.advance(60);
      now.adobe.queriesIn.set('dev', [query(-30), query(-60)]);
      const impact = await now.impacts.read(await now.credential());
      await now.impacts.show(request, await now.credential(), impact);
      const marks = { earlier: impactMark(request.impact), later: impactMark(impact), unknown: 'x' };
      const result = await by(OTHER, now).confirm(request.id, { mark: marks[pressed] });
      expect(result).toMatchObject({
        kind: 'confirmed',
        migration: { impact: pressed === 'later' ? impact : request.impact },
      });
      kept.push((await now.state(request.id))?.impact?.queries.count);
    }
    expect(kept).toEqual([1, 2, 1]);
  });

  test('keeps the question open if it changed since it was shown, and is shown once more', async () => {
    const now = await startUsed({ requireSecondPerson: true });
    const request = await asked(now);
    now.clock.advance(60);
    now.adobe.schedulesIn.set('dev', [schedule(), schedule({ id: 's2', name: 'Nightly' })]);
    const impact = await now.impacts.read(await now.credential());
    await now.impacts.show(request, await now.credential(), impact);
    const result = await by(OTHER, now).confirm(request.id, { mark: impactMark(request.impact) });
    expect(result).toMatchObject({ kind: 'unseen', change: { kind: 'schedule_added', name: 'Nightly' } });
    expect(await now.state(request.id)).toMatchObject({ state: 'asked', impact, impactBefore: request.impact });
    if (result.kind === 'unseen') await now.impacts.showAgain(result.request, []);
    expect(now.messages.revised.map((each) => each.impact)).toEqual([impact, impact]);
    expect(await by(OTHER, now).confirm(request.id, { mark: impactMark(impact) })).toMatchObject({ kind: 'confirmed' });
  });

  test('a question that is shown once more gets no buttons back if it is decided meanwhile', async () => {
    for (const when of ['before the edit', 'during it']) {
      const now = await startUsed({ requireSecondPerson: true });
      const request = await asked(now);
      const cancel = () => by(ASKER, now).cancel(request.id);
      if (when === 'before the edit') await cancel();
      const revise = now.messages.revise.bind(now.messages);
      now.messages.revise = async (each) => {
        await cancel();
        await revise(each);
      };
      const closed = now.messages.closed.length;
      await now.impacts.showAgain(request, []);
      expect(now.messages.revised, when).toHaveLength(when === 'during it' ? 1 : 0);
      if (when === 'during it') expect(now.messages.closed.length - closed).toBe(2);
      expect(now.messages.closed.at(-1)?.request.state, when).toBe('cancelled');
    }
  });

  test('a decided question is not edited', async () => {
    const now = await startUsed();
    const request = await asked(now);
    await by(ASKER, now).cancel(request.id);
    await now.impacts.show(request, await now.credential(), await now.impacts.read(await now.credential()));
    expect(now.messages.revised).toEqual([]);
    const kept = await now.impacts.keep(request, await now.impacts.read(await now.credential()));
    expect(kept).toEqual(request);
  });
});

describe('a material change', () => {
  test('voids the question at the press if a sync has seen it', async () => {
    const now = await startUsed();
    const request = await asked(now);
    now.adobe.schedulesIn.set('dev', [schedule(), schedule({ id: 's2', name: 'Nightly' })]);
    await read(now);
    const result = await by(ASKER, now).confirm(request.id);
    const reason = { code: 'impact_changed', change: { kind: 'schedule_added', name: 'Nightly' } };
    expect(result).toMatchObject({ kind: 'too_late', request: { state: 'void', reason } });
    expect(await story(now)).toContain('void by qs-creds impact_changed');
  });

  test('ends a confirmed migration before the start, and nothing is sent', async () => {
    const now = await startUsed();
    const { id } = await confirmed(now, 1);
    now.adobe.schedulesIn.set('dev', [schedule({ isEnabled: false })]);
    now.clock.advance(5);
    await now.runner.advance();
    await setImmediate();
    const reason = { code: 'impact_changed', change: { kind: 'schedule_removed', name: 'Hourly' } };
    expect(await now.state(id)).toMatchObject({ state: 'failed', reason });
    now.clock.advance(60);
    await now.runner.advance();
    expect(now.adobe.started).toEqual([]);
    expect(now.endings).toEqual(['failed']);
  });

  test('in which sandboxes are production also ends a confirmed migration', async () => {
    const now = await startUsed();
    const credential = await now.credential();
    const shown = { name: 'x', owner: null, sandboxes: ['dev'], production: ['dev'] };
    expect(await now.impacts.changeOf({ shown, impact: null }, credential)).toEqual({ kind: 'production' });
  });

  test('is not assumed if Adobe cannot be read, or if nothing newer is known: the start is sent', async () => {
    const now = await startUsed();
    await confirmed(now, 1);
    now.adobe.failing.set('schedules', adobeError('not_allowed', 403));
    now.clock.advance(5);
    await now.runner.advance();
    await setImmediate();
    expect(now.adobe.started).toHaveLength(1);
  });

  test('is checked once a minute while the start waits', async () => {
    const now = await startUsed();
    const { id } = await confirmed(now, 1);
    now.adobe.failing.set('status', adobeError('unavailable', 503));
    now.adobe.calls.length = 0;
    for (let i = 0; i < 12; i++) {
      now.clock.advance(5);
      await now.runner.advance();
    }
    expect(await now.state(id)).toMatchObject({ state: 'confirmed' });
    expect(now.adobe.called('schedules')).toHaveLength(1);
  });
});
