import { expect, test } from 'vitest';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import { type ExportFile, Exports } from '../../src/credentials/exports.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { SqlReminderStore } from '../../src/reminders/store.ts';
import { TestClock } from '../support/clock.ts';
import { openInMemory } from '../support/database.ts';
import { member } from '../support/people.ts';
import { credential, minute } from '../support/samples.ts';
import { SILENT } from '../support/services.ts';

test('a file that would become larger than 50 MB ends before that, and says so', async () => {
  const db = await openInMemory();
  const many = Array.from({ length: 2_001 }, (_, i) => credential(i));
  await new SqlSyncStore(db).replaceCredentials(many, minute(0), []);
  const sent: ExportFile[] = [];
  const exports = new Exports({
    credentials: new SqlCredentialStore(db),
    reminders: new SqlReminderStore(db),
    audit: new SqlAuditTrail(db),
    exportMessages: {
      exportHead: () => '',
      exportLines: (rows) => 'x'.repeat(rows.length * 26_210),
      async sendExport(_, file) {
        sent.push(file);
        return { kind: 'sent' };
      },
    },
    clock: new TestClock(),
    logger: SILENT,
  });
  await exports.send(member('U1'));
  expect(sent).toMatchObject([{ count: 2_000, isCut: true, content: { size: 52_420_000 } }]);
});
