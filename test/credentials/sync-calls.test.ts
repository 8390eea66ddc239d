import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { newProcess, newWorld, type Settings, startWith } from '../migrations/setup.ts';
import { adobeError, consoleId, FakeAdobe, problem } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';

/** Every read takes a few turns of the event loop; counts those in flight. */
class SlowAdobe extends FakeAdobe {
  inFlight = 0;
  most = 0;
  /** Calls that were in flight together, each by its first word. */
  readonly together = new Set<string>();
  readonly #now = new Set<string>();

  async #take<T>(call: string, read: () => Promise<T>): Promise<T> {
    this.#now.add(call);
    this.inFlight++;
    this.most = Math.max(this.most, this.inFlight);
    this.together.add([...new Set([...this.#now].map((each) => each.split(' ')[0]))].sort().join('+'));
    try {
      for (let turn = 0; turn < 3; turn++) await setImmediate();
      return await read();
    } finally {
      this.#now.delete(call);
      this.inFlight--;
    }
  }

  override readAccounts(sandbox: string) {
    return this.#take(`accounts ${sandbox}`, () => super.readAccounts(sandbox));
  }

  override integrationIds(limit = <T>(call: () => Promise<T>) => call()) {
    return limit(() => this.#take('integrations', () => super.integrationIds()));
  }

  override technicalAccountIdOf(id: string) {
    return this.#take(`detail ${id}`, () => super.technicalAccountIdOf(id));
  }

  override migrationStatus(id: string) {
    return this.#take(`status ${id}`, () => super.migrationStatus(id));
  }

  override certificateUntil(id: string) {
    return this.#take(`certificate ${id}`, () => super.certificateUntil(id));
  }
}

async function slow(settings: Settings = {}) {
  const adobe = new SlowAdobe();
  const world = { ...(await newWorld()), adobe };
  return { ...newProcess(world, settings), ...world, world };
}

describe('the calls of a sync', () => {
  test('run in parallel, at most five at once, whatever they read', async () => {
    const sandboxes = Array.from({ length: 12 }, (_, i) => `dev-${i}`);
    const { sync, adobe } = await slow({ sandboxes });
    for (let number = 1; number <= 60; number++) adobe.add(number, {}, [`dev-${number % 12}`]);
    expect(await sync.run()).toMatchObject({ problem: null, unread: [] });
    expect(adobe.most).toBe(5);
    expect([...adobe.together]).toContain('accounts+integrations');
    // The first statuses and certificates do not wait for the last details.
    const first = (what: string) => adobe.calls.findIndex((call) => call.startsWith(what));
    const last = adobe.calls.findLastIndex((call) => call.startsWith('detail'));
    expect([first('status') < last, first('certificate') < last]).toEqual([true, true]);
  });

  test('stop once one call shows that every other would fail', async () => {
    const { sync, adobe } = await slow({ sandboxes: ['dev'] });
    for (let number = 1; number <= 60; number++) adobe.add(number);
    adobe.failing.set(`status ${consoleId(7)}`, adobeError('throttled', 429));
    expect(await sync.run()).toMatchObject({ problem: problem('throttled', 429) });
    const read = adobe.calls.length;
    // Only those in flight: 7 details, 7 statuses, the lists and a few more.
    expect(read).toBeLessThan(40);
    expect(adobe.inFlight).toBe(0);
  });

  test('are not repeated after a pause if they were already answered', async () => {
    const { sync, adobe } = await slow({ sandboxes: ['dev'] });
    for (let number = 1; number <= 60; number++) adobe.add(number);
    adobe.failing.set(`status ${consoleId(30)}`, adobeError('throttled', 429));
    await sync.run();
    const known = adobe.called('detail');
    expect(known.length).toBeGreaterThan(20);
    adobe.failing.clear();
    adobe.calls.length = 0;
    expect(await sync.run()).toMatchObject({ problem: null });
    expect(adobe.called('detail').filter((call) => known.includes(call))).toEqual([]);
  });

  test('ask once about a technical account that two integrations share', async () => {
    const { sync, adobe, stores } = await slow({ sandboxes: ['dev'] });
    adobe.add(1);
    adobe.integrations.set('other', accountId(1));
    adobe.statuses.set('other', 'not_started');
    await sync.run();
    const chosen = (await stores.credentials.get(accountId(1)))?.consoleId;
    expect(adobe.called('status')).toEqual([`status ${chosen}`]);
    await sync.run();
    expect((await stores.credentials.get(accountId(1)))?.consoleId).toBe(chosen);
  });

  test('end with an unexpected error, and none is left running', async () => {
    const { sync, adobe } = await slow({ sandboxes: ['dev', 'prod'] });
    for (let number = 1; number <= 60; number++) adobe.add(number);
    const { migrationStatus } = adobe;
    adobe.migrationStatus = () => Promise.reject(new TypeError('a bug of ours'));
    await expect(sync.run()).rejects.toThrow('a bug of ours');
    adobe.migrationStatus = migrationStatus;
    expect(await sync.run()).toMatchObject({ problem: null });
  });
});

describe('the certificate of a credential', () => {
  const UNTIL = new Date('2027-05-12T10:00:00Z');

  async function withCertificates() {
    const now = await startWith([]);
    for (let number = 1; number <= 4; number++) {
      now.adobe.add(number);
      now.adobe.certificates.set(consoleId(number), UNTIL);
    }
    now.adobe.statuses.set(consoleId(2), 'completed');
    now.adobe.statuses.set(consoleId(3), 'none');
    now.adobe.statuses.set(consoleId(4), 'started');
    const until = async (number: number) => (await now.stores.credentials.get(accountId(number)))?.certificateUntil;
    return { ...now, until };
  }

  test('is read once if a migration is to be started or finished, and is remembered', async () => {
    const { sync, adobe, until, world } = await withCertificates();
    await sync.run();
    await sync.run();
    await newProcess(world).sync.run();
    expect(adobe.called('certificate')).toEqual([`certificate ${consoleId(1)}`, `certificate ${consoleId(4)}`]);
    expect([await until(1), await until(2), await until(3), await until(4)]).toEqual([UNTIL, null, null, UNTIL]);
  });

  test('is not requested again if the Console does not have it', async () => {
    const { sync, adobe, until } = await withCertificates();
    adobe.certificates.clear();
    await sync.run();
    await sync.run();
    expect(adobe.called('certificate')).toHaveLength(2);
    expect(await until(1)).toBeNull();
  });

  test.each([
    ['unavailable', 503],
    ['lost', undefined],
    ['bad_answer', undefined],
  ] as const)('fails nothing and names nothing if it cannot be read (%s), and is read later', async (kind, status) => {
    const { sync, adobe, until } = await withCertificates();
    adobe.failing.set('certificate', adobeError(kind, status));
    expect(await sync.run()).toMatchObject({ problem: null, unread: [] });
    expect(await until(1)).toBeNull();
    adobe.failing.clear();
    await sync.run();
    expect(await until(1)).toEqual(UNTIL);
  });

  test('is read again after its last day, since it may have been renewed', async () => {
    const { sync, adobe, until, clock } = await withCertificates();
    await sync.run();
    clock.advance((UNTIL.getTime() - clock.now().getTime()) / 1000 - 1);
    await sync.run();
    expect(adobe.called('certificate')).toHaveLength(2);
    clock.advance(2);
    const renewed = new Date('2028-05-12T10:00:00Z');
    adobe.certificates.set(consoleId(1), renewed);
    await sync.run();
    await sync.run();
    expect(adobe.called('certificate')).toHaveLength(4);
    expect([await until(1), await until(4)]).toEqual([renewed, UNTIL]);
  });
});
