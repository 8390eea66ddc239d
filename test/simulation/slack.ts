import type { People, SlackPerson } from '../../src/access/access.ts';
import type { MessageLink, MessageRef, Migration } from '../../src/migrations/migration.ts';
import type { ConfirmationMessages, MigratorDirectory, ProgressMessages } from '../../src/migrations/ports.ts';
import type { ProgressState } from '../../src/migrations/progress-state.ts';
import type { NoticeContent, NoticeMessages } from '../../src/notices/ports.ts';
import type { Recipient } from '../../src/reminders/ports.ts';
import type { RecipientLookup } from '../../src/reminders/recipients.ts';
import type { Posted, ReminderMessenger } from '../../src/reminders/rounds.ts';
import type { Schedule } from './schedule.ts';

export const TEAM = 'T1';
export const CHANNEL = 'C0REMINDER';
export const QUESTIONS_CHANNEL = 'C0QUESTIONS';
/** A user group whose members may migrate. */
export const GROUP = 'S0MIGRATORS';

interface Person {
  mayMigrate: boolean;
  readonly isGuest: boolean;
  isDeactivated: boolean;
  /** When the right was granted or revoked, in milliseconds since 1970. */
  readonly changes: { readonly at: number; readonly mayMigrate: boolean }[];
}

/** A behavioural model of Slack behind the product's ports: people, and what every message shows now. */
export class ModelSlack
  implements
    People,
    MigratorDirectory,
    ConfirmationMessages,
    ProgressMessages,
    NoticeMessages,
    ReminderMessenger,
    RecipientLookup
{
  readonly people = new Map<string, Person>();
  /** What each progress message shows now, by timestamp. */
  readonly progress = new Map<string, { readonly migration: Migration; readonly progress: ProgressState }>();
  /** Every end that was shown, in order. */
  readonly ends: { readonly id: string; readonly state: string; readonly at: number }[] = [];
  /** The notices, in order. */
  readonly notices: { readonly userId: string; readonly content: NoticeContent }[] = [];
  /** Whether the reminder channel rejects posts. */
  isChannelGone = false;
  readonly #schedule: Schedule;
  #messages = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  add(id: string, { mayMigrate = false, isGuest = false } = {}): void {
    this.people.set(id, {
      mayMigrate,
      isGuest,
      isDeactivated: false,
      changes: [{ at: 0, mayMigrate: mayMigrate && !isGuest }],
    });
  }

  setRight(id: string, mayMigrate: boolean): void {
    const person = this.#find(id);
    person.mayMigrate = mayMigrate;
    person.changes.push({ at: this.#schedule.ms, mayMigrate });
  }

  deactivate(id: string): void {
    this.#find(id).isDeactivated = true;
  }

  /** Whether a direct message reaches this person. */
  isReachable(id: string): boolean {
    const person = this.people.get(id);
    return person !== undefined && !person.isGuest && !person.isDeactivated;
  }

  /** Whether this person had the right at any time in this interval; milliseconds since 1970. */
  hadRightBetween(id: string, from: number, to: number): boolean {
    const { changes } = this.#find(id);
    return changes.some(({ at, mayMigrate }, i) => mayMigrate && at <= to && (changes[i + 1]?.at ?? to) >= from);
  }

  recent(): null {
    return null;
  }

  async person(userId: string): Promise<SlackPerson> {
    const { mayMigrate, isGuest, isDeactivated } = this.#find(userId);
    return {
      id: userId,
      email: `${userId.toLowerCase()}@example.com`,
      teamIds: [TEAM],
      isAdmin: mayMigrate,
      isGuest,
      isStranger: false,
      isBot: false,
      isDeactivated,
    };
  }

  async migratorIds(atMost: number): Promise<string[]> {
    const all = [...this.people].filter(([, { mayMigrate }]) => mayMigrate).map(([id]) => id);
    return all.slice(0, atMost);
  }

  async membersOf(): Promise<readonly string[]> {
    return [...this.people].filter(([, { mayMigrate }]) => mayMigrate).map(([id]) => id);
  }

  async post(request: Migration): Promise<MessageRef | null> {
    return this.#next(request.channel);
  }

  async revise(): Promise<void> {}

  async close(): Promise<void> {}

  async linkTo({ message }: Migration): Promise<MessageLink | null> {
    return message === null
      ? null
      : { url: `https://example.slack.com/archives/${message.channel}/p1`, isPublic: true };
  }

  async link(): Promise<void> {}

  async show(migration: Migration, progress: ProgressState): Promise<MessageRef> {
    const message = migration.message ?? this.#next(migration.channel);
    this.progress.set(message.ts, { migration, progress });
    if (progress.kind === 'ended') {
      this.ends.push({ id: migration.id, state: migration.state, at: this.#schedule.ms });
    }
    return message;
  }

  async notify(userId: string, content: NoticeContent): Promise<MessageRef | 'rejected'> {
    if (!this.isReachable(userId)) return 'rejected';
    this.notices.push({ userId, content });
    return this.#next(userId);
  }

  async closeAsk(): Promise<void> {}

  async recipient(email: string): Promise<Recipient> {
    const userId = email.replace('@example.com', '').toUpperCase();
    const person = this.people.get(userId);
    if (person === undefined) return { kind: 'unreachable', why: 'unknown' };
    if (person.isDeactivated) return { kind: 'unreachable', why: 'deactivated' };
    return person.isGuest ? { kind: 'unreachable', why: 'guest' } : { kind: 'person', userId };
  }

  async remindOwner(userId: string): Promise<Posted> {
    if (this.#find(userId).isDeactivated) return { kind: 'rejected', code: 'user_disabled' };
    return { kind: 'sent', message: this.#next(userId) };
  }

  async digestParts(): Promise<number> {
    return 1;
  }

  async postDigest(channel: string): Promise<Posted> {
    const posted = this.#inChannel(channel);
    return posted.kind === 'sent' ? { ...posted, content: 'digest' } : posted;
  }

  async reviseDigest(): Promise<boolean> {
    return !this.isChannelGone;
  }

  async postAllDone(channel: string): Promise<Posted> {
    return this.#inChannel(channel);
  }

  async notifyChannelError(): Promise<boolean> {
    return true;
  }

  #inChannel(channel: string): Posted {
    if (this.isChannelGone) return { kind: 'rejected', code: 'is_archived' };
    return { kind: 'sent', message: this.#next(channel) };
  }

  #next(channel: string): MessageRef {
    return { channel, ts: `1.${++this.#messages}` };
  }

  #find(id: string): Person {
    const person = this.people.get(id);
    if (person === undefined) throw new Error('user_not_found');
    return person;
  }
}
