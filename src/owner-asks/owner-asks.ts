import type { Access, Member } from '../access/access.ts';
import { type ListedCredential, TO_MIGRATE } from '../credentials/credential.ts';
import { isOwnedBy } from '../credentials/ownership.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import { today } from '../lib/calendar.ts';
import type { Clock } from '../lib/clock.ts';
import type { MigratorDirectory } from '../migrations/ports.ts';
import { MAX_ASKED, MAX_NOT_MINE } from '../notices/notice.ts';
import type { NoticeStore } from '../notices/ports.ts';
import type { ReminderStore } from '../reminders/ports.ts';
import type { ReminderPlan } from '../reminders/windows.ts';

/** Who is asked: the channel of the reminders; if none is set (null), this many migrators, by direct message. */
interface Audience {
  readonly channel: string | null;
  readonly migratorCount: number;
}

export type OwnerAskResult =
  /** `asked_today`: nobody is asked again. */
  | (Audience & { readonly kind: 'asked' | 'asked_today'; readonly credential: ListedCredential })
  | { readonly kind: 'not_possible'; readonly credential: ListedCredential }
  | { readonly kind: 'gone' };

export type NotMineResult =
  /** `said_today`: nobody is notified again. */
  | (Audience & { readonly kind: 'said' | 'said_today'; readonly credentials: readonly ListedCredential[] })
  /** The credentials are migrated, gone or assigned to somebody by now. */
  | { readonly kind: 'none_left' };

interface Parts {
  readonly credentials: Pick<CredentialStore, 'get' | 'page'>;
  readonly notices: Pick<NoticeStore, 'add'>;
  readonly reminders: Pick<ReminderStore, 'answersFor' | 'takeovers'>;
  readonly directory: MigratorDirectory;
  readonly access: Pick<Access, 'deny'>;
  readonly clock: Clock;
}

/** Slack's limit for a menu's options. */
const MAX_CHOICES = 100;

/** Owners ask the migrators for a migration; they learn its outcome as for any other migration of their credentials. */
export class OwnerAsks {
  readonly #parts: Parts;
  readonly #plan: ReminderPlan;
  readonly #channel: string | null;

  /** `channel`: where the digest goes. */
  constructor(parts: Parts, { channel, ...plan }: ReminderPlan & { readonly channel: string | null }) {
    this.#parts = parts;
    this.#plan = plan;
    this.#channel = channel;
  }

  /** Asks in the channel, or else each migrator by direct message, once a day for each person and credential. @throws {AccessDenied} */
  async ask(person: Member, id: string, note: string): Promise<OwnerAskResult> {
    const { credentials, notices, reminders, access, clock } = this.#parts;
    const credential = await credentials.get(id);
    if (credential === null) return { kind: 'gone' };
    const { technicalAccountId, name, status, hold } = credential;
    if (!(await isOwnedBy(person, credential, reminders)))
      return access.deny(person.id, { action: 'ask for migration', technicalAccountId }, 'not_owner');
    if (status !== 'eligible' || hold !== null) return { kind: 'not_possible', credential };
    const at = clock.now();
    const subject = `ask/${technicalAccountId}/${person.id}/${today(this.#plan, at)}`;
    const notice = { kind: 'owner_ask', technicalAccountId, name, askedBy: person.id, note } as const;
    const addresses = await this.#addresses();
    const written = await notices.add(
      addresses.map((address) => ({ subject, address, notice })),
      [{ at, actor: person.id, action: 'owner_asked', technicalAccountId, migrationId: null, detail: { note } }],
      at,
    );
    const isAgain = written === 0 && addresses.length > 0;
    return { kind: isAgain ? 'asked_today' : 'asked', credential, ...this.#audience(written) };
  }

  /** Credentials that a person can report as not theirs: Adobe names that person, and nobody has been assigned. */
  async notMineChoices(person: Member): Promise<readonly ListedCredential[]> {
    const { credentials, reminders } = this.#parts;
    const [{ rows }, takeovers] = await Promise.all([
      credentials.page({ statuses: TO_MIGRATE, ownedBy: person }, 0, MAX_CHOICES),
      reminders.takeovers(),
    ]);
    return rows.filter(({ technicalAccountId }) => !takeovers.has(technicalAccountId));
  }

  /**
   * Notifies the migrators, who may assign the credentials, in the same way as for an ask; once a day for the same
   * ones. Changes nothing: Adobe names the owner, who is reminded until somebody else is assigned. `note`: empty for
   * none. @throws {AccessDenied}
   */
  async sayNotMine(person: Member, ids: readonly string[], note: string): Promise<NotMineResult> {
    const { notices, clock } = this.#parts;
    const said = await this.#stillTheirs(person, ids.slice(0, MAX_NOT_MINE));
    if (said.length === 0) return { kind: 'none_left' };
    const at = clock.now();
    const day = today(this.#plan, at);
    const credentials = said.map(({ technicalAccountId, name }) => ({ technicalAccountId, name }));
    const accounts = credentials.map(({ technicalAccountId }) => technicalAccountId);
    const subject = `not_mine/${person.id}/${day}/${accounts.toSorted().join(' ')}`;
    const notice = { kind: 'not_mine', credentials, saidBy: person.id, note } as const;
    const addresses = await this.#addresses();
    const detail = note === '' ? null : { note };
    const written = await notices.add(
      addresses.map((address) => ({ subject, address, notice })),
      accounts.map((technicalAccountId) => ({
        at,
        actor: person.id,
        action: 'not_mine',
        technicalAccountId,
        migrationId: null,
        detail,
      })),
      at,
    );
    const isAgain = written === 0 && addresses.length > 0;
    return { kind: isAgain ? 'said_today' : 'said', credentials: said, ...this.#audience(written) };
  }

  async #stillTheirs(person: Member, ids: readonly string[]): Promise<ListedCredential[]> {
    const { credentials, reminders, access } = this.#parts;
    const takeovers = await reminders.takeovers();
    const theirs: ListedCredential[] = [];
    for (const technicalAccountId of new Set(ids)) {
      const credential = await credentials.get(technicalAccountId);
      if (credential === null || takeovers.has(technicalAccountId)) continue;
      if (!(await isOwnedBy(person, credential, reminders)))
        return access.deny(person.id, { action: 'not mine', technicalAccountId }, 'not_owner');
      if (TO_MIGRATE.some((status) => status === credential.status)) theirs.push(credential);
    }
    return theirs;
  }

  /** The channel of the reminders, or else migrators. */
  async #addresses(): Promise<readonly string[]> {
    return this.#channel === null ? this.#parts.directory.migratorIds(MAX_ASKED) : [this.#channel];
  }

  /** Who is asked, for the reply to the person. `written`: how many notices were recorded. */
  #audience(written: number): Audience {
    return { channel: this.#channel, migratorCount: this.#channel === null ? written : 0 };
  }
}
