import { describe, expect, test } from 'vitest';
import { Catalogue } from '../../src/credentials/catalogue.ts';
import { SqlCredentialStore } from '../../src/credentials/store.ts';
import { SqlSyncStore } from '../../src/credentials/sync-store.ts';
import type { Database } from '../../src/db/database.ts';
import {
  leftOf,
  mergedByPerson,
  NAMED_PER_OWNER,
  type OwnerGroup,
  productionLeftOf,
} from '../../src/reminders/owner-group.ts';
import { Recipients } from '../../src/reminders/recipients.ts';
import { digestParts, previewMessage } from '../../src/slack/messages/digest.ts';
import { SqlUsageStore } from '../../src/usage/store.ts';
import { onBothEngines, openFresh, type TestEngine } from '../db/setup.ts';
import { digest } from '../slack/samples.ts';
import { takeOver } from '../support/database.ts';
import { Random } from '../support/random.ts';
import { accountId, credential, minute } from '../support/samples.ts';
import { used } from '../usage/setup.ts';

describe('the credentials that are left, grouped by owner', () => onBothEngines(suite));

const NUMBERS = Array.from({ length: 60 }, (_, i) => i + 1);
// The same address in three spellings, and others.
const OWNERS = [
  'Anna@example.com',
  'anna@EXAMPLE.com',
  ' anna@example.com',
  'Ä@example.com',
  'b@example.com',
  '',
  null,
];

function suite(engine: TestEngine) {
  test('yield the same messages when read in part as when read in full', async () => {
    for (const seed of [1, 2, 3]) {
      const { db } = await openFresh(engine);
      await fill(db, new Random(seed));
      const [whole, part] = [await groupsOf(db), await groupsOf(db, NAMED_PER_OWNER)];
      expect(leftOf(...part.map(({ credentials }) => ({ credentials })))).toBeLessThan(leftOf(...whole));
      expect(part.map(numbersOf), `seed ${seed}`).toEqual(whole.map(numbersOf));
      // First each owner on its own, then all addresses of Anna and what B took over as one person's.
      for (const isKnown of [false, true]) {
        const [expected, said] = [whole, part].map((groups) => messagesOf(isKnown ? groups.map(known) : groups));
        expect(said, `seed ${seed}`).toEqual(expected);
      }
    }
  });
}

async function fill(db: Database, random: Random): Promise<void> {
  const credentials = NUMBERS.map((number) =>
    credential(number, {
      owner: random.pick(OWNERS),
      sandboxes: [random.pick(['prod', 'dev'])],
      adobeStatus: random.pick(['not_started', 'started', 'completed']),
    }),
  );
  await new SqlSyncStore(db).replaceCredentials(credentials, minute(0));
  const failing = { since: minute(-5), mayBeEarlier: false, error: null };
  const readings = credentials.map(({ technicalAccountId, sandboxes }) => ({
    technicalAccountId,
    sandboxes,
    usage: sandboxes.map((sandbox) => used({ sandbox, failing: random.chance(0.3) ? failing : null })),
  }));
  await new SqlUsageStore(db).save(readings, minute(0));
  for (const number of NUMBERS.filter(() => random.chance(0.3)))
    await takeOver(db, accountId(number), random.pick(['UB', 'UC']));
}

async function groupsOf(db: Database, limit?: number): Promise<OwnerGroup[]> {
  const catalogue = new Catalogue(new SqlCredentialStore(db), new SqlSyncStore(db));
  // Grouping uses only the catalogue.
  return new Recipients({ catalogue } as ConstructorParameters<typeof Recipients>[0]).groups(limit);
}

function numbersOf(group: OwnerGroup) {
  const { credentials, further: _, ...whose } = group;
  return {
    ...whose,
    left: leftOf(group),
    production: productionLeftOf(group),
    named: credentials.slice(0, NAMED_PER_OWNER),
  };
}

function known(group: OwnerGroup): OwnerGroup {
  const userId = group.email?.includes('anna') ? 'UB' : undefined;
  return userId === undefined ? group : { ...group, recipient: { kind: 'person', userId } };
}

function messagesOf(groups: readonly OwnerGroup[]) {
  const content = digest({ groups: mergedByPerson(groups) });
  const preview = { window: null, next: '2025-06-01', isServed: false, snoozed: new Set<string>() };
  return [previewMessage(content, preview), ...digestParts(content).map(({ message }) => message)];
}
