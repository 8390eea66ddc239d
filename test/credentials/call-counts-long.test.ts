import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { newProcess, newWorld } from '../migrations/setup.ts';
import { consoleId, FakeAdobe } from '../support/fakes.ts';
import { accountId } from '../support/samples.ts';

const ACCOUNTS_PAGE = 100;
const INTEGRATIONS_PAGE = 50;
/** Half of the credentials are migrated; one in ten integrations does not belong to Query Service. */
const MIGRATED = 2;
const OTHERS = 10;

/** Adobe with pages of the size that the bot requests; counts HTTP requests. */
class PagedAdobe extends FakeAdobe {
  readonly requests = { accounts: 0, integrations: 0 };

  override async readAccounts(sandbox: string) {
    const listing = await super.readAccounts(sandbox);
    this.requests.accounts += Math.max(1, Math.ceil(listing.items.length / ACCOUNTS_PAGE));
    return listing;
  }

  override async integrationIds() {
    const listing = await super.integrationIds();
    this.requests.integrations += Math.max(1, Math.ceil(listing.items.length / INTEGRATIONS_PAGE));
    return listing;
  }

  /** Returns the calls of one sync, by kind, and resets the counts. */
  take() {
    const count = (what: string) => this.called(`${what} `).length;
    const taken = {
      ...{ accounts: this.requests.accounts, integrations: this.requests.integrations },
      ...{ details: count('detail'), statuses: count('status'), certificates: count('certificate') },
    };
    this.calls.length = 0;
    Object.assign(this.requests, { accounts: 0, integrations: 0 });
    return taken;
  }
}

async function syncsOf(credentials: number) {
  const adobe = new PagedAdobe();
  for (let number = 0; number < credentials; number++) {
    const technicalAccountId = accountId(number);
    adobe.integrations.set(consoleId(number), technicalAccountId);
    adobe.statuses.set(consoleId(number), number % MIGRATED === 0 ? 'completed' : 'not_started');
    if (number % OTHERS === 0) adobe.integrations.set(`other-${number}`, null);
  }
  adobe.accounts.set(
    'prod',
    Array.from({ length: credentials }, (_, number) => ({
      ...{ technicalAccountId: accountId(number), name: `credential ${number}`, description: '' },
      ...{ owner: null, changedAt: null },
    })),
  );
  const world = { ...(await newWorld()), adobe };
  const { sync } = newProcess(world, { sandboxes: ['prod'] });
  await sync.run();
  const first = adobe.take();
  // A missing certificate is remembered as well.
  await newProcess(world, { sandboxes: ['prod'] }).sync.run();
  return { first, second: adobe.take() };
}

const SIZES = [20, 1_000, 10_000];
/** The rows of the documentation; only the first sync also reads the token and the organisation, once each. */
const ROWS = SIZES.map((credentials) => {
  const integrations = credentials + credentials / OTHERS;
  const left = credentials - credentials / MIGRATED;
  const lists = {
    accounts: Math.ceil(credentials / ACCOUNTS_PAGE),
    integrations: Math.ceil(integrations / INTEGRATIONS_PAGE),
  };
  return {
    credentials,
    first: { ...lists, details: integrations, statuses: credentials, certificates: left },
    second: { ...lists, details: 0, statuses: left, certificates: 0 },
  };
});

describe('the calls of a sync', () => {
  test.each(ROWS)('are as few as possible for $credentials credentials', async ({ credentials, first, second }) => {
    expect(await syncsOf(credentials)).toEqual({ first, second });
  });

  test('are as the table in the documentation shows', () => {
    const rows = ROWS.flatMap(({ credentials, first, second }) => [
      row(credentials, 'first', first, 2),
      row(credentials, 'second', second, 0),
    ]);
    const page = readFileSync(new URL('../../docs/adobe.md', import.meta.url), 'utf8');
    expect(page).toContain(rows.join('\n'));
  });
});

type Counts = Awaited<ReturnType<typeof syncsOf>>['first'];

function row(credentials: number, which: string, counts: Counts, once: number): string {
  const { accounts, integrations, details, statuses, certificates } = counts;
  const cells = [accounts, integrations, details, statuses, certificates];
  const total = once + cells.reduce((sum, cell) => sum + cell, 0);
  return `| ${[credentials, which, once, ...cells, total].map(String).map(grouped).join(' | ')} |`;
}

function grouped(cell: string): string {
  return /^\d+$/.test(cell) ? cell.replace(/\B(?=(\d{3})+$)/g, ' ') : cell;
}
