import type { Overview } from '../../src/credentials/ports.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { AssignedNow, PostedDigest } from '../../src/reminders/assignment.ts';
import type { Digest } from '../../src/reminders/digest.ts';
import type { OwnerReminder } from '../../src/reminders/owner-reminder.ts';
import type { Recipient, UnreachableCode } from '../../src/reminders/ports.ts';
import type { RecipientLookup } from '../../src/reminders/recipients.ts';
import type { Posted, ReminderMessenger } from '../../src/reminders/rounds.ts';

type Call = 'recipient' | 'remindOwner' | 'postDigest' | 'reviseDigest' | 'postAllDone' | 'notifyChannelError';

interface Sent {
  readonly at: number;
  readonly kind: 'owner' | 'digest' | 'all done' | 'channel error';
  readonly to: string;
}

/** Slack as reminders use it: who has which email address, and every message it accepted. */
export class FakeSlack implements ReminderMessenger, RecipientLookup {
  readonly sent: Sent[] = [];
  /** The reminders to owners, in order. */
  readonly reminded: ({ readonly to: string } & OwnerReminder)[] = [];
  readonly digests: Digest[] = [];
  /** How many messages a digest takes, and which of them were posted. */
  parts = 1;
  readonly postedParts: number[] = [];
  readonly closings: Overview[] = [];
  /** The edits of digests, in order. */
  readonly revised: (PostedDigest & { readonly now: AssignedNow })[] = [];
  /** Whether Slack accepts edits of digests. */
  editable = true;
  /** The content returned for a posted digest, by which it can be edited later; null: it cannot be edited. */
  content: string | null = null;
  readonly lookups: { readonly at: number; readonly email: string }[] = [];
  /** By email address: why nobody is reached there. Every other address belongs to the person `userOf(email)`. */
  readonly unreachable = new Map<string, UnreachableCode>();
  /** By email address: the id of the person whose further address it is. */
  readonly further = new Map<string, string>();
  /** Email addresses whose look-up fails without a response. */
  readonly unanswered = new Set<string>();
  /** By user or channel id: the error code with which Slack rejects every message. */
  readonly refusing = new Map<string, string>();
  /** Whether migrators can be notified of an error of the channel. */
  notifies = true;
  /** The recipient of each rejected message. */
  readonly refused: string[] = [];
  /** Called between Slack's receiving a message and its response. */
  during: () => Promise<void> = async () => {};
  readonly #clock: Clock;
  readonly #failing: { readonly call: Call; readonly error: Error }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next `times` calls fail without effect. */
  fail(call: Call, error: Error, times = 1): void {
    this.#failing.push(...Array.from({ length: times }, () => ({ call, error })));
  }

  /** No call fails any more. */
  heal(): void {
    this.#failing.length = 0;
  }

  /** The recipient of each message of this kind. */
  to(kind: Sent['kind']): string[] {
    return this.sent.filter((each) => each.kind === kind).map((each) => each.to);
  }

  /** Clears everything recorded so far. */
  forget(): void {
    for (const list of [this.sent, this.reminded, this.digests, this.closings, this.lookups, this.refused])
      list.length = 0;
  }

  async recipient(email: string): Promise<Recipient> {
    this.lookups.push({ at: this.#clock.now().getTime(), email });
    this.#mayFail('recipient');
    if (this.unanswered.has(email)) throw new Error('internal_error');
    const why = this.unreachable.get(email);
    if (why !== undefined) return { kind: 'unreachable', why };
    return { kind: 'person', userId: this.further.get(email) ?? userOf(email) };
  }

  async remindOwner(to: string, reminder: OwnerReminder): Promise<Posted> {
    return this.#post('remindOwner', 'owner', to, () => this.reminded.push({ to, ...reminder }));
  }

  async digestParts(): Promise<number> {
    return this.parts;
  }

  async postDigest(channel: string, digest: Digest, part: number): Promise<Posted> {
    const posted = await this.#post('postDigest', 'digest', channel, () => {
      this.digests.push(digest);
      this.postedParts.push(part);
    });
    return posted.kind === 'sent' && this.content !== null ? { ...posted, content: this.content } : posted;
  }

  async reviseDigest(posted: PostedDigest, now: AssignedNow): Promise<boolean> {
    this.#mayFail('reviseDigest');
    this.revised.push({ ...posted, now });
    return this.editable;
  }

  async postAllDone(channel: string, overview: Overview): Promise<Posted> {
    return this.#post('postAllDone', 'all done', channel, () => this.closings.push(overview));
  }

  async notifyChannelError(channel: string, code: string): Promise<boolean> {
    this.#mayFail('notifyChannelError');
    if (this.notifies)
      this.sent.push({ at: this.#clock.now().getTime(), kind: 'channel error', to: `${channel}: ${code}` });
    return this.notifies;
  }

  async #post(call: Call, kind: Sent['kind'], to: string, keep: () => void): Promise<Posted> {
    this.#mayFail(call);
    const code = this.refusing.get(to);
    if (code !== undefined) {
      this.refused.push(to);
      return { kind: 'rejected', code };
    }
    const at = this.#clock.now().getTime();
    await this.during();
    keep();
    return { kind: 'sent', message: { channel: to, ts: `${this.sent.push({ at, kind, to })}` } };
  }

  #mayFail(call: Call): void {
    const next = this.#failing.findIndex((each) => each.call === call);
    const [failing] = next === -1 ? [] : this.#failing.splice(next, 1);
    if (failing !== undefined) throw failing.error;
  }
}

/** The id of the person with this email address. */
export function userOf(email: string): string {
  return `U${email.split('@')[0]?.toUpperCase()}`;
}
