import type { Access, Member } from '../access/access.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import { isOwnedBy } from '../credentials/ownership.ts';
import type { CredentialStore } from '../credentials/ports.ts';
import type { Clock } from '../lib/clock.ts';
import type { MigratorDirectory } from '../migrations/ports.ts';
import { MAX_ASKED } from '../notices/notice.ts';
import type { NoticeStore } from '../notices/ports.ts';
import type { ReminderStore } from '../reminders/ports.ts';
import { type ReminderPlan, today } from '../reminders/windows.ts';

export type OwnerAskResult =
  /** In the channel of the reminders; null: none is set, and so many migrators are asked by direct message. */
  | {
      readonly kind: 'asked';
      readonly credential: ListedCredential;
      readonly channel: string | null;
      readonly migrators: number;
    }
  | { readonly kind: 'not_possible'; readonly credential: ListedCredential }
  | { readonly kind: 'gone' };

interface Parts {
  readonly credentials: Pick<CredentialStore, 'get'>;
  readonly notices: Pick<NoticeStore, 'add'>;
  readonly reminders: Pick<ReminderStore, 'answersFor'>;
  readonly directory: MigratorDirectory;
  readonly access: Pick<Access, 'deny'>;
  readonly clock: Clock;
}

/** Owners ask those who may migrate; what becomes of it reaches them as of every migration of theirs. */
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
    const { credentials, notices, reminders, directory, access, clock } = this.#parts;
    const credential = await credentials.get(id);
    if (credential === null) return { kind: 'gone' };
    const { technicalAccountId, name, status, hold } = credential;
    if (!(await isOwnedBy(person, credential, reminders)))
      return access.deny(person.id, { action: 'ask for migration', technicalAccountId }, 'not_owner');
    if (status !== 'eligible' || hold !== null) return { kind: 'not_possible', credential };
    const at = clock.now();
    const subject = `ask/${technicalAccountId}/${person.id}/${today(this.#plan, at)}`;
    const notice = { kind: 'owner_ask', technicalAccountId, name, askedBy: person.id, note } as const;
    const channel = this.#channel;
    const migrators = channel === null ? await directory.migratorIds(MAX_ASKED) : [];
    const addressed = (channel === null ? migrators : [channel]).map((address) => ({ subject, address, notice }));
    const detail = { note };
    await notices.add(addressed, {
      at,
      actor: person.id,
      action: 'owner_asked',
      technicalAccountId,
      migrationId: null,
      detail,
    });
    return { kind: 'asked', credential, channel, migrators: migrators.length };
  }
}
