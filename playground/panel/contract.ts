/**
 * What the playground's panel (everything beside the Slack) and the playground say to each other:
 *
 *   GET  /playground/panel?find=words  → PanelState; `find` narrows the credentials
 *   GET  /playground/events            → besides Slack's versions, `event: panel`: "read the panel again"
 *   POST /playground/panel             → PanelAct in, PageActResult out
 *
 * Times are ISO 8601 in UTC by the playground's own clock, unless said otherwise.
 */

export interface PanelState {
  readonly version: number;
  readonly scene: { readonly name: string; readonly about: string };
  readonly time: PanelTime;
  readonly bot: PanelBot;
  readonly adobe: PanelAdobe;
  /** Every call the bot made, newest last, the last hundred; secrets are masked before they come here. */
  readonly calls: readonly PanelCall[];
}

export interface PanelTime {
  /** Milliseconds the playground's clock is ahead of the machine's; negative: behind. The page's own clock ticks on by it. */
  readonly aheadMs: number;
  /** The clock is on its way, and the bot's jobs with it. */
  readonly moving: boolean;
  /** The deadline, `YYYY-MM-DD`, a day in `timeZone`. */
  readonly deadline: string;
  readonly timeZone: string;
  /** When the bot's cron looks next whether somebody is to be reminded and there is a new window. */
  readonly nextReminder: string;
  /** Every window from the first to the one after next, in the order of time. */
  readonly windows: readonly PanelWindow[];
}

/** A reminder window on the timeline. */
export interface PanelWindow {
  /** Days left when it begins; negative: days since the deadline. */
  readonly days: number;
  /** `YYYY-MM-DD`, the day on which it begins. */
  readonly date: string;
  /** `skipped`: it passed while a later one was served, or before the playground began. */
  readonly state: 'served' | 'being served' | 'due' | 'skipped' | 'ahead';
  /** When it was served; null unless it was. */
  readonly servedAt: string | null;
}

export interface PanelBot {
  readonly state: 'starting' | 'running' | 'stopped';
  /** Of the process; null while there is none. */
  readonly pid: number | null;
  /** How often it was started. */
  readonly starts: number;
  /** What happened last, in words: "killed in the middle of everything (SIGKILL)". */
  readonly last: string;
}

export interface PanelAdobe {
  /** What matches `find`, the first fifty. */
  readonly credentials: readonly PanelCredential[];
  /** How many match. */
  readonly matching: number;
  readonly total: number;
  /** How many there are in each of Adobe's states. */
  readonly counts: Readonly<Record<AdobeState, number>>;
  /** How long a migration begun from now on takes. */
  readonly migrationSeconds: number;
  readonly faults: readonly PanelFault[];
}

/** Adobe's words for how far a credential is. */
export type AdobeState = 'NOT_STARTED' | 'STARTED' | 'COMPLETED' | 'NONE';

export interface PanelCredential {
  /** Of the technical account. */
  readonly id: string;
  readonly name: string;
  readonly owner: string | null;
  readonly sandboxes: readonly string[];
  readonly state: AdobeState;
  /** Seconds until a migration under way is over; null when none is. */
  readonly secondsLeft: number | null;
  readonly schedules: readonly PanelSchedule[];
  /** What ran as this credential, newest first, the last few. */
  readonly queries: readonly PanelQuery[];
}

export interface PanelSchedule {
  readonly name: string;
  readonly sandbox: string;
  readonly cron: string;
  readonly enabled: boolean;
}

export interface PanelQuery {
  readonly name: string;
  readonly sandbox: string;
  readonly at: string;
  /** SUCCESS, FAILED, IN_PROGRESS, … as Adobe writes it. */
  readonly state: string;
}

/** Something to switch on. */
export interface PanelFault {
  readonly id: FaultId;
  /** "Adobe is down". */
  readonly label: string;
  /** What exactly happens, in one sentence. */
  readonly about: string;
  readonly on: boolean;
}

export type FaultId =
  | 'down'
  | 'slow'
  | 'rate-limited'
  | 'refused'
  | 'start-response-lost'
  | 'migration-fails';

export interface PanelCall {
  /** One of its own. */
  readonly id: number;
  readonly at: string;
  readonly to: 'Adobe' | 'Slack';
  /** HTTP's for Adobe, the Web API's for Slack: "GET", "chat.postMessage". */
  readonly method: string;
  /** With its query; empty for Slack. */
  readonly path: string;
  /** "200", "no answer", "ok", "invalid_blocks". */
  readonly outcome: string;
  readonly ok: boolean;
  /** Headers and body as the bot sent them, with every secret masked; to read, several lines. */
  readonly detail: string;
}

export type PanelAction =
  | { readonly kind: 'move'; readonly to: Move }
  | { readonly kind: 'fault'; readonly id: FaultId; readonly on: boolean }
  | { readonly kind: 'migration-seconds'; readonly seconds: number }
  /** Somebody presses Migrate in Adobe's own pages. */
  | { readonly kind: 'migrate-elsewhere'; readonly id: string }
  /** Somebody deletes the credential in Adobe. */
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'kill' }
  | { readonly kind: 'start' }
  | { readonly kind: 'kill-and-start' };

/** Where the clock can go; never back. */
export type Move = 'hour' | 'day' | 'week' | 'next-reminder' | 'past-deadline';
