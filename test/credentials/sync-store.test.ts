import { describe, expect, test } from 'vitest';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import type { Credential } from '../../src/credentials/credential.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { accountId, credential, minute, PROBLEM } from '../support/samples.ts';

describe('the sync store', () => onBothEngines(suite));

function suite(engine: TestEngine) {
  async function fresh() {
    const { db } = await openFresh(engine);
    return { db, sync: new SqlSyncStore(db), credentials: new SqlCredentialStore(db) };
  }

  test('updates every field of a credential', async () => {
    const { sync, credentials } = await fresh();
    await sync.replaceCredentials([credential(1)], minute(0));
    const changed: Credential = {
      technicalAccountId: accountId(1),
      name: 'Renamed',
      description: 'described',
      owner: 'New@example.com',
      sandboxes: ['dev', 'prod'],
      changedAt: minute(3),
      adobeStatus: 'unknown',
      unknownBecause: { code: 'console_failed', problem: PROBLEM },
      consoleId: null,
      certificateUntil: minute(9),
    };
    await sync.replaceCredentials([changed], minute(5));
    const listed = { ...changed, production: ['prod'], status: 'unknown', usage: [], hold: null };
    expect(await credentials.get(accountId(1))).toEqual(listed);
    expect(await credentials.named('renamed')).toEqual([listed]);
    expect(await credentials.named('credential 1')).toEqual([]);
    const filter = { owner: 'new@example.com', words: ['described', 'dev'] };
    expect(await credentials.page(filter, 0, 1)).toEqual({ rows: [listed], total: 1 });
    expect(await credentials.page({ words: ['credential'] }, 0, 1)).toEqual({ rows: [], total: 0 });
  });

  test('writes audit entries and credentials together or not at all', async () => {
    const { db, sync, credentials } = await fresh();
    const history = new SqlAuditTrail(db);
    await sync.replaceCredentials([credential(1)], minute(0));
    const externalChanges = {
      at: minute(5),
      actor: 'qs-creds',
      action: 'migrated_outside',
      technicalAccountId: accountId(1),
      migrationId: null,
      detail: null,
    } as const;
    const migrated = credential(1, { adobeStatus: 'completed' });
    await db.schema.alterTable('migrations').renameTo('elsewhere').execute();
    await expect(sync.replaceCredentials([migrated], minute(5), [externalChanges])).rejects.toThrow('migrations');
    await db.schema.alterTable('elsewhere').renameTo('migrations').execute();
    expect(await history.history(null, 0, 9)).toEqual({ rows: [], total: 0 });
    expect(await credentials.get(accountId(1))).toMatchObject({ adobeStatus: 'not_started' });
    await sync.replaceCredentials([migrated], minute(6), [externalChanges]);
    expect((await history.history(null, 0, 9)).rows).toMatchObject([externalChanges]);
    expect(await credentials.get(accountId(1))).toMatchObject({ adobeStatus: 'completed' });
  });

  test('hides credentials that are gone from Adobe, and shows them again when they return', async () => {
    const { db, sync, credentials } = await fresh();
    await sync.replaceCredentials([credential(1), credential(2)], minute(0));
    await sync.replaceCredentials([credential(2)], minute(5));
    expect(await credentials.get(accountId(1))).toBeNull();
    expect(await credentials.named('credential 1')).toEqual([]);
    expect(await credentials.names()).toEqual(['credential 2']);
    expect((await sync.overview()).counts).toMatchObject({ eligible: 1 });
    expect((await credentials.page({}, 0, 10)).total).toBe(1);

    await sync.replaceCredentials([], minute(9));
    const gone = await db.selectFrom('credentials').select('gone_at').orderBy('technical_account_id').execute();
    expect(gone.map((row) => row.gone_at)).toEqual([minute(5).toISOString(), minute(9).toISOString()]);

    await sync.replaceCredentials([credential(1, { name: 'again' })], minute(10));
    expect((await credentials.page({}, 0, 10)).rows).toMatchObject([{ name: 'again', status: 'eligible' }]);
  });

  test('never reverts a migrated credential to an earlier status', async () => {
    const { sync, credentials } = await fresh();
    await sync.replaceCredentials([credential(1), credential(2, { adobeStatus: 'started' })], minute(0));
    await credentials.setAdobeStatus(accountId(1), 'completed', minute(1));
    const stale = [
      credential(1, { name: 'newer name', adobeStatus: 'unknown', unknownBecause: { code: 'not_in_console' } }),
      credential(2),
    ];
    await sync.replaceCredentials(stale, minute(5));
    expect(await credentials.get(accountId(1))).toMatchObject({
      name: 'newer name',
      adobeStatus: 'completed',
      unknownBecause: null,
      status: 'migrated',
    });
    expect(await credentials.get(accountId(2))).toMatchObject({ adobeStatus: 'not_started', status: 'eligible' });
  });

  test('changes nothing when replacing fails', async () => {
    const { sync, credentials } = await fresh();
    await sync.replaceCredentials([credential(1)], minute(0));
    const many = Array.from({ length: 501 }, (_, i) => credential(10 + i));
    const refused = credential(2, { changedAt: new Date(Number.NaN) });
    await expect(sync.replaceCredentials([...many, refused], minute(5))).rejects.toThrow(RangeError);
    expect((await credentials.page({}, 0, 10)).rows).toMatchObject([{ name: 'credential 1' }]);
  });

  test('returns the status at Adobe, including that of credentials that are gone', async () => {
    const { sync } = await fresh();
    expect(await sync.adobeStates()).toEqual(new Map());
    await sync.replaceCredentials(
      [credential(1), credential(2, { adobeStatus: 'completed', consoleId: null })],
      minute(0),
    );
    await sync.replaceCredentials([credential(1, { adobeStatus: 'started' })], minute(5));
    expect(await sync.adobeStates()).toEqual(
      new Map([
        [accountId(1), { status: 'started', statusReadAt: null, consoleId: 'console-1' }],
        [accountId(2), { status: 'completed', statusReadAt: null, consoleId: null }],
      ]),
    );
  });

  test('remembers integrations and never changes them', async () => {
    const { sync } = await fresh();
    expect(await sync.knownIntegrations()).toEqual(new Map());
    await sync.rememberIntegrations(new Map());
    const first = new Map([
      ['1', accountId(1)],
      ['2', null],
    ]);
    await sync.rememberIntegrations(first);
    const more = Array.from({ length: 1_200 }, (_, i): [string, string] => [`more-${i}`, accountId(i)]);
    await sync.rememberIntegrations(new Map([['1', accountId(9)], ...more]));
    const expected = [...first, ...more].map(
      ([id, technicalAccountId]) => [id, { technicalAccountId, certificate: null }] as const,
    );
    expect(await sync.knownIntegrations()).toEqual(new Map(expected));
  });

  test('records the last attempt, the last success and the problem', async () => {
    const { sync } = await fresh();
    expect(await sync.syncState()).toEqual({
      triedAt: null,
      succeededAt: null,
      problem: null,
      unread: [],
      progress: null,
    });
    await sync.noteSync({ triedAt: minute(1), problem: PROBLEM, unread: [] });
    expect(await sync.syncState()).toEqual({
      triedAt: minute(1),
      succeededAt: null,
      problem: PROBLEM,
      unread: [],
      progress: null,
    });
    await sync.noteSync({ triedAt: minute(2), problem: null, unread: [] });
    expect(await sync.syncState()).toEqual({
      triedAt: minute(2),
      succeededAt: minute(2),
      problem: null,
      unread: [],
      progress: null,
    });
    await sync.noteSync({ triedAt: minute(3), problem: PROBLEM, unread: [] });
    expect(await sync.syncState()).toEqual({
      triedAt: minute(3),
      succeededAt: minute(2),
      problem: PROBLEM,
      unread: [],
      progress: null,
    });
  });

  test('keeps the progress of a first sync until one has succeeded', async () => {
    const { sync } = await fresh();
    await sync.noteProgress({ read: 0, total: null, at: minute(1) });
    const none = { triedAt: null, succeededAt: null, problem: null, unread: [] };
    expect(await sync.syncState()).toEqual({ ...none, progress: { read: 0, total: null, at: minute(1) } });
    const progress = { read: 340, total: 1_000, at: minute(2) };
    await sync.noteProgress(progress);
    await sync.noteSync({ triedAt: minute(3), problem: PROBLEM, unread: [] });
    expect(await sync.syncState()).toMatchObject({ triedAt: minute(3), problem: PROBLEM, progress });
    await sync.noteSync({ triedAt: minute(4), problem: null, unread: [] });
    expect(await sync.syncState()).toMatchObject({ succeededAt: minute(4), progress: null });
  });

  test('remembers the statuses that a first sync has read until one has succeeded', async () => {
    const { sync } = await fresh();
    await sync.rememberStatuses(new Map(), minute(1));
    await sync.rememberStatuses(new Map([['1', 'not_started']]), minute(1));
    await sync.rememberStatuses(
      new Map([
        ['2', 'not_started'],
        ['3', 'none'],
      ]),
      minute(2),
    );
    await sync.rememberStatuses(new Map([['2', 'completed']]), minute(3));
    await sync.noteSync({ triedAt: minute(4), problem: PROBLEM, unread: [] });
    const sinceThen = await sync.rememberedStatuses(minute(1));
    expect(sinceThen).toEqual(
      new Map([
        ['2', 'completed'],
        ['3', 'none'],
      ]),
    );
    await sync.noteSync({ triedAt: minute(5), problem: null, unread: [] });
    expect(await sync.rememberedStatuses(minute(0))).toEqual(new Map());
  });

  test('forgets a status that a first sync has read if it was read individually later', async () => {
    const { sync, credentials } = await fresh();
    await sync.replaceCredentials([credential(1), credential(2)], minute(0));
    const read = new Map([
      ['console-1', 'not_started'],
      ['console-2', 'not_started'],
    ] as const);
    await sync.rememberStatuses(read, minute(1));
    await credentials.setAdobeStatus(accountId(1), 'started', minute(2));
    expect([...(await sync.rememberedStatuses(minute(0))).keys()]).toEqual(['console-2']);
    await sync.rememberStatuses(read, minute(3));
    expect((await sync.rememberedStatuses(minute(0))).size).toBe(2);
  });

  test('remembers the certificates of integrations, and when they were read', async () => {
    const { sync } = await fresh();
    await sync.rememberIntegrations(
      new Map([
        ['1', accountId(1)],
        ['2', accountId(2)],
        ['3', null],
      ]),
    );
    const first = { until: minute(60), readAt: minute(1) };
    await sync.rememberCertificates(new Map([['1', first]]));
    await sync.rememberCertificates(new Map([['2', { until: null, readAt: minute(1) }]]));
    const renewed = { until: minute(600), readAt: minute(90) };
    await sync.rememberCertificates(new Map([['1', renewed]]));
    expect(await sync.knownIntegrations()).toEqual(
      new Map([
        ['1', { technicalAccountId: accountId(1), certificate: renewed }],
        ['2', { technicalAccountId: accountId(2), certificate: { until: null, readAt: minute(1) } }],
        ['3', { technicalAccountId: null, certificate: null }],
      ]),
    );
  });
}
