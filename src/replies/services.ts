import type { Access, Migrators } from '../services/access.ts';
import type { Attention } from '../services/attention.ts';
import type { Clock } from '../services/clock.ts';
import type { Inventory } from '../services/inventory.ts';
import type { Questions } from '../services/questions.ts';
import type { ReminderControl } from '../services/reminder-control.ts';
import type { AuditTrail, MigrationStore } from '../services/stores.ts';
import type { Sync } from '../services/sync.ts';

/** What commands and actions call; put together by the composition root. */
export interface Services {
  readonly access: Access;
  readonly inventory: Inventory;
  readonly questions: Questions;
  readonly attention: Attention;
  readonly sync: Pick<Sync, 'run'>;
  readonly migrations: Pick<MigrationStore, 'line' | 'latestConfirmed'>;
  readonly audit: Pick<AuditTrail, 'history'>;
  readonly reminders: ReminderControl;
  readonly clock: Clock;
  readonly settings: ReplySettings;
  /** Something was confirmed: no need to wait for the next tick. */
  readonly hurry: () => void;
  /** A round of reminders was opened. */
  readonly hurryReminders: () => void;
}

export interface ReplySettings {
  /** `YYYY-MM-DD`. */
  readonly deadline: string;
  /** IANA name: in which days are counted. */
  readonly timeZone: string;
  readonly requireSecondPerson: boolean;
  readonly migrators: Migrators;
}
