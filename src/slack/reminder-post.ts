import type { webApi } from '@slack/bolt';
import type { Migrators, People, SlackPerson } from '../access/access.ts';
import type { Overview } from '../credentials/catalogue.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import type { Recipient } from '../reminders/ports.ts';
import type { RecipientLookup } from '../reminders/recipients.ts';
import type { Digest, OwnerReminder, Posted, ReminderMessenger } from '../reminders/rounds.ts';
import { NOT_THERE, slackErrorCode, slackPauseMs } from './errors.ts';
import { migratorWords } from './messages/answers.ts';
import type { Message } from './messages/blocks.ts';
import { digestMessage, endMessage, faultMessage, ownerMessage } from './messages/reminders.ts';
import { asPerson } from './people.ts';

/** Slack's codes for "this person takes no direct message". */
const NOT_REACHED = new Set([
  'channel_not_found',
  'user_not_found',
  'user_disabled',
  'cannot_dm_bot',
  'not_in_channel',
  'messages_tab_disabled',
]);
/** Told of a fault at most. */
const TOLD = 20;

/**
 * How the client of reminders differs from the others. A pause that Slack asks for is kept by our own rate limiter, which
 * keeps the lease meanwhile. A call lasts no longer than its claim, and one whose response is lost is not sent three
 * times over.
 */
export const REMINDER_CLIENT: webApi.WebClientOptions = {
  rejectRateLimitedCalls: true,
  retryConfig: { retries: 0 },
};

interface Parts {
  /** A client of its own that gives 429 back: waiting for Slack here must not hold up an answer to a command. */
  readonly client: webApi.WebClient;
  readonly people: Pick<People, 'membersOf'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Reminders in Slack. */
export class SlackReminderMessenger implements ReminderMessenger, RecipientLookup {
  readonly #parts: Parts;
  readonly #migrators: Migrators;
  readonly #teamId: string;

  constructor(parts: Parts, settings: { migrators: Migrators; teamId: string }) {
    this.#parts = parts;
    this.#migrators = settings.migrators;
    this.#teamId = settings.teamId;
  }

  async recipient(email: string): Promise<Recipient> {
    try {
      const { user } = await this.#parts.client.users.lookupByEmail({ email });
      return this.#reachable(asPerson(user));
    } catch (error) {
      if (slackErrorCode(error) === 'users_not_found') return { kind: 'unreachable', why: 'unknown' };
      throw asPause(error);
    }
  }

  async remindOwner(userId: string, reminder: OwnerReminder): Promise<Posted> {
    const words = ownerMessage(reminder, this.#parts.clock.now(), migratorWords(this.#migrators));
    return this.#post(userId, words, NOT_REACHED);
  }

  async postDigest(channel: string, digest: Digest): Promise<Posted> {
    return this.#post(channel, digestMessage(digest), NOT_THERE);
  }

  async postAllDone(channel: string, { counts }: Overview): Promise<Posted> {
    return this.#post(channel, endMessage(counts), NOT_THERE);
  }

  async notifyChannelError(channel: string, code: string): Promise<void> {
    try {
      for (const userId of (await this.#migratorIds()).slice(0, TOLD)) {
        await this.#post(userId, faultMessage(channel, code), NOT_REACHED);
      }
    } catch (err) {
      this.#parts.logger.warn({ err }, 'not every migrator could be told of the reminder channel');
    }
  }

  #reachable(person: SlackPerson): Recipient {
    if (person.isDeactivated) return { kind: 'unreachable', why: 'deactivated' };
    if (person.isGuest) return { kind: 'unreachable', why: 'guest' };
    const foreign = person.teamIds.length > 0 && !person.teamIds.includes(this.#teamId);
    if (person.isBot || person.isStranger || foreign) return { kind: 'unreachable', why: 'not_a_member' };
    return { kind: 'person', userId: person.id };
  }

  async #post(channel: string, words: Message, refusals: ReadonlySet<string>): Promise<Posted> {
    try {
      const posted = await this.#parts.client.chat.postMessage({
        channel,
        ...words,
        unfurl_links: false,
        unfurl_media: false,
      });
      return { kind: 'sent', message: { channel: posted.channel ?? channel, ts: posted.ts ?? '' } };
    } catch (error) {
      const code = slackErrorCode(error);
      if (code !== null && refusals.has(code)) return { kind: 'rejected', code };
      throw asPause(error);
    }
  }

  async #migratorIds(): Promise<string[]> {
    const { users, groups } = this.#migrators;
    if (users.length > 0 || groups.length > 0) {
      const members = await Promise.all(groups.map((group) => this.#parts.people.membersOf(group)));
      return [...new Set([...users, ...members.flat()])];
    }
    const admins: string[] = [];
    let cursor = '';
    do {
      const page = await this.#parts.client.users.list({ limit: 200, ...(cursor !== '' && { cursor }) });
      for (const user of page.members ?? []) {
        const person = asPerson(user);
        if (person.isAdmin && this.#reachable(person).kind === 'person') admins.push(person.id);
      }
      cursor = page.response_metadata?.next_cursor ?? '';
    } while (cursor !== '' && admins.length < TOLD);
    return admins;
  }
}

function asPause(error: unknown): unknown {
  const ms = slackPauseMs(error);
  return ms === null ? error : new RateLimitedError(ms);
}
