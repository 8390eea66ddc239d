import type { HomeView } from '@slack/types';
import type { Migrators } from '../../access/access.ts';
import type { HistoryEntry } from '../../audit/audit-entry.ts';
import type { ListedCredential } from '../../credentials/credential.ts';
import type { Overview } from '../../credentials/ports.ts';
import type { Page } from '../../lib/page.ts';
import type { Migration } from '../../migrations/migration.ts';
import type { Pause } from '../../reminders/ports.ts';
import type { Deadline } from '../../reminders/windows.ts';
import type { Trend } from '../../trend/trend.ts';
import type { WatchedMigration } from '../../watch/watch.ts';
import { namePlain, plain } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { button, buttons, heading, line, type Message, note, type Row, toBlocks } from './blocks.ts';
import { chartRows } from './chart.ts';
import { credentialRows, migrateButton, type OwnerIds } from './credential-row.ts';
import { migratorWords } from './denials.ts';
import { readingWords } from './first-reading.ts';
import { count } from './formatting.ts';
import { entryWords } from './history-words.ts';
import { table } from './new-blocks.ts';
import { migrateNextButton } from './next-button.ts';
import { pauseWords } from './reminders.ts';
import { queueWords } from './status.ts';
import { summaryRows } from './summary.ts';
import { ATTENTION_HINT, productionFirst, SANDBOXES_SHOWN, STATUS_WORDS, unfinishedHint } from './terms.ts';
import { finishButton } from './two-steps.ts';
import { usagePlain } from './usage.ts';
import { failedAfterRows } from './watch.ts';

/** Recent acts shown; the history has the others. */
export const RECENT_SHOWN = 3;

/** Credentials shown in each part, in two blocks each; the list shows the rest. */
export const HOME_SHOWN = 6;

interface HomeModel {
  readonly overview: Overview;
  readonly queue: readonly Migration[];
  readonly attention: Page<ListedCredential>;
  /** Migrated credentials whose jobs have failed since, without an acknowledgement. */
  readonly failedAfter: Page<WatchedMigration>;
  readonly unfinished: Page<ListedCredential>;
  readonly eligible: Page<ListedCredential>;
  /** Credentials that can be migrated and whose jobs fail. */
  readonly failing: Page<ListedCredential>;
  /** Everything that is left, up to as many as a table can hold. */
  readonly left: Page<ListedCredential>;
  /** The latest acts. */
  readonly recent: readonly HistoryEntry[];
  /** The reader's own credentials. */
  readonly mine: Page<ListedCredential>;
  /** The owners whom Slack has identified. */
  readonly ownerIds: OwnerIds;
  /** The pause of the reminders; null if they are not paused. */
  readonly pause: Pause | null;
  /** Null before the first sync has succeeded. */
  readonly trend: Trend | null;
  readonly readerId: string;
  readonly mayMigrate: boolean;
  /** Whether an Unfinished migration can be finished and undone from here. */
  readonly endsHere: boolean;
  /** False where a second person has to confirm: no one else sees a question asked here. */
  readonly mayAskHere: boolean;
  readonly migrators: Migrators;
  readonly deadline: Deadline;
  readonly now: Date;
}

/** The App Home: useful to people with read-only access, too. */
export function homeView(model: HomeModel): HomeView {
  const {
    overview,
    queue,
    attention,
    failedAfter,
    unfinished,
    eligible,
    failing,
    recent,
    mine,
    pause,
    mayMigrate,
    mayAskHere,
    deadline,
    now,
  } = model;
  const mayMigrateHere = mayMigrate && mayAskHere;
  // The first one in the list's order without a hold; if it is further down than shown, the press finds it.
  const next = migrateNextButton(eligible.rows.find(({ hold }) => hold === null) ?? null, null, { style: 'primary' });
  const yours = part(model, 'Yours', mine, 'list mine');
  // Failing ones are shown in a part of their own.
  const shownAsFailing = new Set(failing.rows.map(({ technicalAccountId }) => technicalAccountId));
  const rows = eligible.rows.filter(({ technicalAccountId }) => !shownAsFailing.has(technicalAccountId));
  const others = { rows, total: eligible.total - (eligible.rows.length - rows.length) };
  const progress = model.trend === null ? [] : chartRows(model.trend);
  return {
    type: 'home',
    blocks: toBlocks([
      ...summaryRows(overview, deadline, now),
      pause && note(pauseWords(pause)),
      buttons(...(mayMigrateHere && eligible.total > 0 ? [next] : []), button('Refresh', ACTIONS.homeRefresh)),
      // First what waits for the reader: for a person with read-only access, that is what they own.
      ...(mayMigrate ? [] : yours),
      ...part(model, 'Needs attention', attention, 'list needs attention', { hint: note(ATTENTION_HINT) }),
      ...failedAfterRows(failedAfter, { mayAcknowledge: mayMigrate }),
      ...part(model, 'Unfinished', unfinished, 'list unfinished', {
        hint: note(unfinishedHint(model.endsHere)),
        action: mayMigrateHere && model.endsHere ? finishButton : undefined,
      }),
      heading('Now'),
      line(queueWords(queue, { person: { id: model.readerId }, channel: null })),
      ...part(model, 'Failing', failing, 'list failing', { action: mayMigrateHere ? migrateButton : undefined }),
      ...part(model, failing.total > 0 ? 'Eligible, the others' : 'Eligible', others, 'list eligible', {
        // Until all have been read, there may still be one.
        ...(readingWords(overview.sync, now) === null &&
          eligible.total === 0 && { empty: line('No credential is Eligible.') }),
        action: mayMigrateHere ? migrateButton : undefined,
      }),
      ...tableRows(model),
      ...(mayMigrate ? yours : []),
      ...(progress.length === 0 ? [] : [heading('Progress'), ...progress]),
      ...(recent.length === 0
        ? []
        : [heading('Recent'), line(recent.map(entryWords).join('\n')), note('`/qs-creds history` shows more.')]),
      note(`${howToMigrate(model)} \`/qs-creds help\` shows all commands, \`/qs-creds faq\` explains.`),
    ]),
  };
}

function howToMigrate({ mayMigrate, mayAskHere, migrators }: HomeModel): string {
  if (!mayMigrate) return `You have read-only access. To migrate, ask ${migratorWords(migrators)}.`;
  return mayAskHere
    ? 'To migrate, run `/qs-creds migrate` in a channel, or press a button.'
    : 'To migrate, run `/qs-creds migrate` in a channel: a second person has to confirm.';
}

/** A table of everything left, if the parts above have no room for all of it. */
function tableRows({ left, attention, unfinished, eligible, now }: HomeModel): Row[] {
  const shown = [attention, unfinished, eligible].reduce((sum, { rows }) => sum + rows.length, 0);
  if (left.total <= shown) return [];
  const block = table(
    'All that is left, most urgent first',
    ['Name', 'Status', 'Use', 'Sandboxes', 'Owner'],
    left.rows.map((each) => [
      namePlain(each.name),
      STATUS_WORDS[each.status],
      usagePlain(each, now),
      productionFirst(each)
        .map(({ sign, name }) => `${sign}${plain(name)}`)
        .slice(0, SANDBOXES_SHOWN)
        .join(', '),
      plain(each.owner ?? ''),
    ]),
  );
  const rest = left.total - (block.rows.length - 1);
  return [
    { text: null, blocks: [block] },
    ...(rest > 0 ? [note(`${count(rest, 'more credential')}: \`/qs-creds list\``)] : []),
  ];
}

/** Instead of the Home, for a person who may not see it. */
export function deniedHome(denial: Message): HomeView {
  return { type: 'home', blocks: denial.blocks };
}

interface PartOptions {
  /** Shown below the credentials. */
  readonly hint?: Row;
  /** Shown when there are none; without it, the whole part is left out. */
  readonly empty?: Row;
  readonly action?: typeof migrateButton | typeof finishButton | undefined;
}

/** Credentials under a heading. `command` lists them all. */
function part(
  { now, ownerIds }: Pick<HomeModel, 'now' | 'ownerIds'>,
  title: string,
  { rows, total }: Page<ListedCredential>,
  command: string,
  { hint, empty, action }: PartOptions = {},
): (Row | null)[] {
  if (total === 0) return empty === undefined ? [] : [heading(title), empty];
  const rest = total - rows.length;
  return [
    heading(title),
    ...rows.flatMap((each) => credentialRows(each, now, action?.(each), ownerIds)),
    hint ?? null,
    rest > 0 ? note(`${count(rest, 'more credential')}: \`/qs-creds ${command}\``) : null,
  ];
}
