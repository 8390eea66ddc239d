import type { HomeView, KnownBlock } from '@slack/types';
import type { Overview } from '../../credentials/catalogue.ts';
import type { ListedCredential } from '../../credentials/credential.ts';
import type { Page } from '../../lib/page.ts';
import type { Migration } from '../../migrations/migration.ts';
import type { Pause } from '../../reminders/ports.ts';
import { count } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { actions, button, context, header, type Message, section } from './blocks.ts';
import { credentialLine, migrateButton, summaryLines } from './list.ts';
import { pauseLine } from './reminders.ts';
import { lineWords } from './status.ts';

/** Shown of what is open; the list shows the rest. */
export const HOME_SHOWN = 20;

export interface HomeModel {
  readonly overview: Overview;
  readonly queue: readonly Migration[];
  /** Those that need a person. */
  readonly attention: Page<ListedCredential>;
  readonly eligible: Page<ListedCredential>;
  /** Those of the person who looks. */
  readonly mine: Page<ListedCredential>;
  /** Of the reminders, while it holds. */
  readonly pause: Pause | null;
  readonly mayMigrate: boolean;
  /** Buttons that ask here make sense only where one person decides. */
  readonly mayAskHere: boolean;
  /** Who may migrate, in words. */
  readonly migrators: string;
  readonly days: number;
  readonly now: Date;
}

/** The App Home: useful to those who may not migrate, too. */
export function homeView(model: HomeModel): HomeView {
  const { overview, queue, attention, eligible, mine, pause, mayMigrate, mayAskHere, days, now } = model;
  const ask = mayMigrate && mayAskHere;
  const blocks: KnownBlock[] = [
    header('Query Service credentials'),
    section(summaryLines(overview, days, now).join('\n')),
    ...(pause === null ? [] : [context(pauseLine(pause))]),
    ...actions([
      ...(ask && eligible.total > 0
        ? [button('Migrate next', ACTIONS.migrateNext, { style: 'primary' })]
        : []),
      button('Refresh', ACTIONS.homeRefresh),
    ]),
    header('Now'),
    section(lineWords(queue, now)),
  ];
  if (attention.total > 0) {
    blocks.push(
      header('Needs attention'),
      ...attention.rows.map((credential) => section(credentialLine(credential))),
      context('`/qs-creds status` and the name tells what is known, and offers to check again.'),
    );
    if (attention.total > attention.rows.length) blocks.push(more(attention, 'list'));
  }
  if (mine.total > 0) {
    blocks.push(header('Yours'), ...mine.rows.map((credential) => section(credentialLine(credential))));
    if (mine.total > mine.rows.length) blocks.push(more(mine, 'list mine'));
  }
  blocks.push(header('Open'));
  if (eligible.total === 0) blocks.push(section('Nothing is Eligible.'));
  blocks.push(
    ...eligible.rows.map((credential) =>
      section(credentialLine(credential), ask ? migrateButton(credential) : undefined),
    ),
  );
  if (eligible.total > eligible.rows.length) blocks.push(more(eligible, 'list eligible'));
  const how = mayMigrate
    ? 'You may migrate: `/qs-creds migrate` in a channel, or a button.'
    : `You may look; to migrate, ask ${model.migrators}.`;
  blocks.push(context(`${how} \`/qs-creds help\` shows all commands, \`/qs-creds faq\` explains.`));
  return { type: 'home', blocks };
}

/** Instead of the Home, for somebody who may not see it. */
export function deniedHome(refusal: Message): HomeView {
  return { type: 'home', blocks: refusal.blocks };
}

function more(page: Page<unknown>, command: string): KnownBlock {
  return context(`${count(page.total - page.rows.length, 'more credential')}: \`/qs-creds ${command}\``);
}
