/**
 * The protocol between the playground and its panel, the column beside the local Slack:
 *
 *   GET  /playground/panel?find=words  → PanelState; `find` narrows the credentials
 *   GET  /playground/events            → `event: panel` means "read the panel again"
 *   POST /playground/panel             → PanelAction in, PageActionResult out
 *
 * Times are ISO 8601 in UTC by the playground's clock unless stated otherwise.
 */

export interface PanelState {
  readonly version: number;
  readonly scene: { readonly name: string; readonly about: string };
  readonly time: PanelTime;
  readonly bot: PanelBot;
  readonly adobe: PanelAdobe;
  /** The local Slack's faults. */
  readonly slackFaults: readonly PanelFault[];
  /** The bot's last hundred calls, newest last; secrets were redacted when they were recorded. */
  readonly calls: readonly PanelCall[];
}

export interface PanelTime {
  /** Milliseconds the playground's clock is ahead of the machine's; negative: behind. The page's clock ticks by it. */
  readonly aheadMs: number;
  /** Whether the clock is moving and the bot is running the jobs that became due. */
  readonly moving: boolean;
  /** The deadline, `YYYY-MM-DD`, a day in `timeZone`. */
  readonly deadline: string;
  readonly timeZone: string;
  /** The next run of the bot's reminder job that finds a new window. */
  readonly nextReminder: string;
  /** Every window up to the one after next, in chronological order. */
  readonly windows: readonly PanelWindow[];
}

/** A reminder window on the timeline. */
export interface PanelWindow {
  /** Days left when it begins; negative: days since the deadline. */
  readonly days: number;
  /** `YYYY-MM-DD`, the day on which it begins. */
  readonly date: string;
  /** `skipped`: it passed while a later one was served, or before the playground started. */
  readonly state: 'served' | 'being served' | 'due' | 'skipped' | 'ahead';
  /** When it was served; null unless it was. */
  readonly servedAt: string | null;
}

export interface PanelBot {
  readonly state: 'starting' | 'running' | 'stopped';
  /** Process id; null while none is running. */
  readonly pid: number | null;
  /** How many times it was started. */
  readonly starts: number;
  /** The last event, such as "killed (SIGKILL)". */
  readonly last: string;
}

export interface PanelAdobe {
  /** The first fifty that match `find`. */
  readonly credentials: readonly PanelCredential[];
  /** How many match. */
  readonly matching: number;
  readonly total: number;
  /** The number of credentials in each of Adobe's states. */
  readonly counts: Readonly<Record<AdobeState, number>>;
  /** How many migrations are running, which end by time alone. */
  readonly migrating: number;
  /** The duration of migrations that start from now on. */
  readonly migrationSeconds: number;
  readonly faults: readonly PanelFault[];
}

/** Adobe's names for a credential's migration state. */
export type AdobeState = 'NOT_STARTED' | 'STARTED' | 'COMPLETED' | 'NONE';

export interface PanelCredential {
  /** The technical account's id. */
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly sandboxes: readonly string[];
  readonly state: AdobeState;
  /** Seconds until the running migration ends; null when none is running, or while it is unfinished. */
  readonly secondsLeft: number | null;
  readonly schedules: readonly PanelSchedule[];
  /** The last few runs of its schedules, newest first. */
  readonly queries: readonly PanelQuery[];
}

interface PanelSchedule {
  readonly name: string;
  readonly sandbox: string;
  readonly cron: string;
  readonly enabled: boolean;
}

interface PanelQuery {
  readonly name: string;
  readonly sandbox: string;
  readonly at: string;
  /** SUCCESS, FAILED, IN_PROGRESS, … as Adobe writes it. */
  readonly state: string;
}

/** A fault that can be switched on. */
export interface PanelFault {
  readonly id: FaultId | SlackFaultId;
  /** "Adobe is down". */
  readonly label: string;
  /** Its exact effect, in one sentence. */
  readonly about: string;
  readonly on: boolean;
}

export type FaultId =
  | 'down'
  | 'garbage'
  | 'paused'
  | 'rate-limited'
  | 'api-missing'
  | 'refused'
  | 'integration-refused'
  | 'sandbox-refused'
  | 'certificates-refused'
  | 'account-unreadable'
  | 'date-unreadable'
  | 'jobs-unread'
  | 'jobs-fail'
  | 'jobs-no-login'
  | 'jobs-fail-after'
  | 'schedule-added'
  | 'no-migrate-path'
  | 'start-response-lost'
  | 'slow'
  | 'migration-fails';

export type SlackFaultId =
  | 'slack-no-posts'
  | 'slack-posts-fail'
  | 'slack-no-edits'
  | 'slack-no-new-blocks'
  | 'slack-responses-lost'
  | 'slack-slow'
  | 'slack-rate-limited'
  | 'slack-lookups-limited'
  | 'slack-owners-unknown'
  | 'slack-token-revoked';

export interface PanelCall {
  /** Unique among all calls. */
  readonly id: number;
  readonly at: string;
  readonly to: 'Adobe' | 'Slack';
  /** The HTTP method for Adobe, the Web API method for Slack: "GET", "chat.postMessage". */
  readonly method: string;
  /** With the query; empty for Slack. */
  readonly path: string;
  /** "200", "no response", "ok", "invalid_blocks". */
  readonly outcome: string;
  readonly ok: boolean;
  /** The bot handles this failure: an owner who is not in Slack, or blocks that it sends again in plain form. */
  readonly isExpected?: boolean;
  /** Headers and body as the bot sent them, on several lines, with secrets redacted. */
  readonly detail: string;
}

export type PanelAction =
  | { readonly kind: 'move'; readonly to: Move }
  | { readonly kind: 'fault'; readonly id: FaultId; readonly on: boolean }
  | { readonly kind: 'slack-fault'; readonly id: SlackFaultId; readonly on: boolean }
  | { readonly kind: 'migration-seconds'; readonly seconds: number }
  /** Someone presses Migrate in Adobe's UI. */
  | { readonly kind: 'migrate-elsewhere'; readonly id: string }
  /** In the Developer Console, someone begins a migration and leaves it unfinished, or ends an unfinished one. */
  | { readonly kind: 'in-console'; readonly what: ConsoleStep; readonly id: string }
  /** Someone deletes the credential in Adobe. */
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'kill' }
  | { readonly kind: 'start' }
  | { readonly kind: 'kill-and-start' };

export type ConsoleStep = 'begin' | 'finish' | 'cancel';

/** Where the clock can move to; it never moves back. */
export type Move = 'hour' | 'day' | 'week' | 'next-reminder' | 'past-deadline';
