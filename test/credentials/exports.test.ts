import { expect, test } from 'vitest';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import { type ExportFile, type ExportMessages, type ExportOutcome, Exports } from '../../src/credentials/exports.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { RateLimitedError } from '../../src/lib/rate-limiter.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { TestClock } from '../support/clock.ts';
import { openInMemory } from '../support/database.ts';
import { member } from '../support/people.ts';
import { credential, minute } from '../support/samples.ts';
import { SILENT } from '../support/services.ts';

/** An export of `count` credentials, each with a line of `length` characters. */
async function newExports(count: number, length: number, sendExport: ExportMessages['sendExport']) {
  const db = await openInMemory();
  const many = Array.from({ length: count }, (_, i) => credential(i));
  await new SqlSyncStore(db).replaceCredentials(many, minute(0), []);
  return new Exports({
    credentials: new SqlCredentialStore(db),
    reminders: new SqlReminderStore(db),
    audit: new SqlAuditTrail(db),
    exportMessages: { exportHeader: () => '', exportLines: (rows) => 'x'.repeat(rows.length * length), sendExport },
    clock: new TestClock(),
    logger: SILENT,
  });
}

test('a file that would exceed 50 MB ends before that, and says so', async () => {
  const sent: ExportFile[] = [];
  const exports = await newExports(2_001, 26_210, async (_, file) => {
    sent.push(file);
    return { kind: 'sent' };
  });
  await exports.send(member('U1'));
  expect(sent).toMatchObject([{ count: 2_000, isCut: true, content: { size: 52_420_000 } }]);
});

test('a person gets one file at a time, and the next one once that has arrived or failed', async () => {
  const responses: PromiseWithResolvers<ExportOutcome>[] = [];
  const exports = await newExports(1, 10, () => {
    const response = Promise.withResolvers<ExportOutcome>();
    responses.push(response);
    return response.promise;
  });
  const [first, other] = [exports.send(member('U1')), exports.send(member('U2'))];
  expect(await exports.send(member('U1'))).toEqual({ kind: 'under_way' });
  await expect.poll(() => responses.length).toBe(2);
  responses[0]?.reject(new RateLimitedError(1_000));
  responses[1]?.resolve({ kind: 'sent' });
  await expect(first).rejects.toThrow(RateLimitedError);
  expect(await other).toEqual({ kind: 'sent' });
  const next = exports.send(member('U1'));
  await expect.poll(() => responses.length).toBe(3);
  responses[2]?.resolve({ kind: 'sent' });
  expect(await next).toEqual({ kind: 'sent' });
});
