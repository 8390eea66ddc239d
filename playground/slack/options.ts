import type { Completion } from './contract.ts';
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
  /** What the bot's token may do. */
  readonly scopes?: readonly string[];
  /** The workspace's clock; signatures go by the machine's. */
  readonly clock?: () => Date;
  /** How long Slack waits for the app's acknowledgement; Slack's own 3000 by default. */
  readonly ackLimitMs?: number;
  /** A folder of static files, served at `/`. */
  readonly pageDir?: string;
  /** What stands beside the Slack on the page. */
  readonly panel?: Panel;
  /** For the page: what to try. */
  readonly hints?: readonly string[];
  /** For the page: what to offer while a command is typed. */
  readonly completions?: readonly Completion[];
}

/** What the bot's token may do unless told otherwise: what the product's manifest asks for. */
export const DEFAULT_SCOPES = ['commands', 'chat:write', 'users:read', 'users:read.email', 'usergroups:read'];
