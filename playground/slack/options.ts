import type { ShownApp } from './contract.ts';
import type { Panel } from './page.ts';
import type { Channel, UserGroup } from './state.ts';
import type { Person } from './users.ts';

export interface LocalSlackOptions {
  readonly signingSecret: string;
  readonly botToken: string;
  /** For Socket Mode. */
  readonly appToken?: string;
  /** The app's name as people see it. */
  readonly appName?: string;
  readonly commandName?: string;
  readonly workspace?: string;
  readonly users: readonly Person[];
  readonly channels: readonly Channel[];
  readonly userGroups?: readonly UserGroup[];
  /** The scopes of the bot's token. */
  readonly scopes?: readonly string[];
  /** The workspace's clock; signatures use the machine's. */
  readonly clock?: () => Date;
  /** How long Slack waits for the app's acknowledgement, in milliseconds; default 3000, as in Slack. */
  readonly ackLimitMs?: number;
  /** A folder of static files, served at `/`. */
  readonly pageDir?: string;
  /** The column beside the Slack on the page. */
  readonly panel?: Panel;
  /** For the page: suggestions for the visitor. */
  readonly hints?: readonly string[];
  /** For the page: what the app's manifest says; by default it says nothing and lets people write to the app. */
  readonly shownApp?: ShownApp;
}
