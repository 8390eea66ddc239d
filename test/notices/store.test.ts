import { describe, expect, test } from 'vitest';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { SqlNoticeStore } from '../../src/notices/store.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, credential, minute } from '../support/samples.ts';

const CHANNEL = 'C0REMIND1';
const ENTRY = {
  actor: 'U1',
  action: 'owner_asked',
  technicalAccountId: null,
  migrationId: null,
  detail: null,
} as const;

/** An owner's request about this credential, posted in the channel. */
function ask(number: number) {
  const technicalAccountId = accountId(number);
  const notice = { kind: 'owner_ask', technicalAccountId, name: 'x', askedBy: 'U1', note: 'please' } as const;
  return { subject: `ask/${technicalAccountId}`, address: CHANNEL, notice };
}

describe('the store of notices', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  async function start() {
    const { db } = await openFresh(engine);
    const sync = new SqlSyncStore(db);
    await sync.replaceCredentials(
      [1, 2, 3].map((number) => credential(number)),
      minute(0),
    );
    return { db, sync, notices: new SqlNoticeStore(db) };
  }

  test('a notice is readdressed once, keeps its age, and is not sent to a person who already has it', async () => {
    const { notices } = await start();
    await notices.add([ask(1), { ...ask(1), address: 'U2' }], [{ ...ENTRY, at: minute(1) }], minute(1));
    await notices.close({ ...ask(1), address: 'U2' }, minute(2), 'U2', null);
    const [waiting] = await notices.waiting(minute(3), 10);
    if (waiting === undefined) throw new Error('nothing waits');
    for (const at of [3, 4]) await notices.readdress(waiting, ['U2', 'U3'], minute(at));
    expect(await notices.waiting(minute(5), 10)).toEqual([{ ...ask(1), address: 'U3', createdAt: minute(1) }]);
  });

  test('notices are recorded once together with their audit entries, and a second time neither is recorded', async () => {
    const { db, notices } = await start();
    const entries = async () => (await new SqlAuditTrail(db).head()).count;
    expect(await notices.add([ask(1)], [{ ...ENTRY, at: minute(1) }], minute(1))).toBe(1);
    const before = await entries();
    expect(await notices.add([ask(1)], [{ ...ENTRY, at: minute(2) }], minute(2))).toBe(0);
    expect(await notices.add([], [{ ...ENTRY, at: minute(2) }], minute(2))).toBe(0);
    expect(await entries()).toBe(before);
    expect(await notices.add([ask(1), { ...ask(1), address: 'U2' }], [{ ...ENTRY, at: minute(3) }], minute(3))).toBe(1);
    expect([await entries(), await notices.waiting(minute(4), 10)]).toMatchObject([before + 1, { length: 2 }]);
  });

  test('the message of an owner’s request is found once its credential is migrated, not eligible or gone, until it is edited', async () => {
    const { notices, sync } = await start();
    await notices.add([1, 2, 3].map(ask), [{ ...ENTRY, at: minute(1) }], minute(1));
    for (const number of [1, 2, 3])
      await notices.close(ask(number), minute(2), CHANNEL, { channel: CHANNEL, ts: `1.${number}` });
    expect(await notices.answeredAsks(10)).toEqual([]);
    const later = [credential(1, { adobeStatus: 'completed' }), credential(2, { adobeStatus: 'none' })];
    await sync.replaceCredentials(later, minute(3));
    const found = await notices.answeredAsks(10);
    expect(found.map(({ message, answer }) => `${message.ts} ${answer}`).sort()).toEqual([
      '1.1 migrated',
      '1.2 not_eligible',
      '1.3 gone',
    ]);
    expect(found[0]).toMatchObject({ createdAt: minute(1), notice: { askedBy: 'U1', note: 'please' } });
    const told = { ...ask(1), subject: 'answered', address: 'U1' };
    for (const at of [4, 5]) await notices.closeAsk(ask(1), told, minute(at));
    expect(await notices.waiting(minute(6), 10)).toEqual([{ ...told, createdAt: minute(4) }]);
    expect((await notices.answeredAsks(10)).map(({ message }) => message.ts).sort()).toEqual(['1.2', '1.3']);
  });
}
