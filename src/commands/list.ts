import type { Member } from '../access/access.ts';
import type { CredentialFilter, Overview } from '../credentials/ports.ts';
import { waitAtMost } from '../lib/timeout.ts';
import { hasTwoSteps } from '../migrations/steps.ts';
import { deadlineOf } from '../reminders/windows.ts';
import type { Services } from '../services.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { LIST_PAGE, listMessage, noEmailMessage, syncingMessage } from '../slack/messages/list.ts';
import { filterOf, type ListView } from '../slack/messages/list-view.ts';
import { parseListView } from './list-words.ts';
import type { Subcommand } from './subcommand.ts';

export const list: Subcommand = {
  name: 'list',
  usage:
    'list [left|eligible|unfinished|unknown|migrated|production|failing|in use|idle|on hold|no owner|mine|@owner|all|words]',
  summary: 'the credentials that are left, what needs doing first; filters combine, `all` shows every one',
  isReadOnly: true,
  async run({ args, mentions, person, reply }, services) {
    let overview = await services.catalogue.overview();
    if (overview.sync.triedAt === null) {
      await reply(syncingMessage());
      await readAdobeAgain(services);
      overview = await services.catalogue.overview();
    }
    await reply(await listReply(services, person, parseListView(args, mentions), overview));
  },
};

/**
 * How long a person waits for the first reading, which may take many minutes; then the list shows its progress.
 * Milliseconds.
 */
const FIRST_WAIT_MS = 10_000;

/** How long a person waits for usage after a sync; then the list shows what was known. Milliseconds. */
const USAGE_WAIT_MS = 3_000;

/** Reads Adobe again. */
export async function readAdobeAgain({
  catalogue,
  sync,
  usageSync,
}: Pick<Services, 'catalogue' | 'sync' | 'usageSync'>): Promise<void> {
  const { succeededAt } = (await catalogue.overview()).sync;
  if (succeededAt === null) return waitAtMost(sync.run(), FIRST_WAIT_MS);
  await sync.run();
  await waitAtMost(usageSync.run(), USAGE_WAIT_MS);
}

/** One page of the list as this person may see it, from the database only. `known`: the overview, if just read. */
export async function listReply(
  services: Services,
  person: Member,
  view: ListView,
  known?: Overview,
): Promise<Message> {
  const { catalogue, clock, settings } = services;
  const now = clock.now();
  const ownedBy = await ownerIn(view, person, services);
  const filter: CredentialFilter = { ...filterOf(view, now), ...(ownedBy !== null && { ownedBy }) };
  const [overview, page] = await Promise.all([
    known ?? catalogue.overview(),
    catalogue.page(filter, view.offset, LIST_PAGE),
  ]);
  if (ownedBy?.email === null && page.total === 0) return noEmailMessage(view.owner ?? null);
  const ownerIds = await services.reminders.ownersOf(page.rows);
  return listMessage({
    view,
    overview,
    page,
    ownerIds,
    mayMigrate: person.mayMigrate,
    endsHere: hasTwoSteps(settings.migration.method),
    adobe: settings.adobe,
    deadline: deadlineOf(settings.reminders, now),
    now,
  });
}

/** Whose credentials are shown; null: everyone's. */
async function ownerIn({ mine, owner }: ListView, person: Member, { access }: Pick<Services, 'access'>) {
  if (owner !== undefined) return { id: owner, email: await access.emailOf(owner) };
  return mine ? person : null;
}
