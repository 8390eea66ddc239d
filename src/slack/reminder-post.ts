import type { webApi } from '@slack/bolt';
import type { Migrators, People, SlackPerson } from '../services/access.ts';
import type { Clock } from '../services/clock.ts';
import type { Overview } from '../services/inventory.ts';
import type { Logger } from '../services/logger.ts';
import type { PeopleByEmail } from '../services/owners.ts';
import { SlowDown } from '../services/pace.ts';
import type { Addressee } from '../services/reminder-store.ts';
import type { Digest, OwnerReminder, Posted, ReminderPost } from '../services/reminders.ts';
import { NOT_THERE, slackErrorCode, slackPauseMs } from './errors.ts';
import { asPerson } from './people.ts';
import { migratorWords } from './views/answers.ts';
import type { Message } from './views/blocks.ts';
import { digestMessage, endMessage, faultMessage, ownerMessage } from './views/reminders.ts';

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

interface Parts {
  /** A client of its own that gives 429 back: waiting for Slack here must not hold up an answer to a command. */
  readonly client: webApi.WebClient;
  readonly people: Pick<People, 'membersOf'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Reminders in Slack. */
export class SlackReminderPost implements ReminderPost, PeopleByEmail {
  readonly #parts: Parts;
  readonly #migrators: Migrators;
  readonly #teamId: string;

  constructor(parts: Parts, settings: { migrators: Migrators; teamId: string }) {
    this.#parts = parts;
    this.#migrators = settings.migrators;
    this.#teamId = settings.teamId;
  }

  async addressee(email: string): Promise<Addressee> {
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

  async postEnd(channel: string, { counts }: Overview): Promise<Posted> {
    return this.#post(channel, endMessage(counts), NOT_THERE);
  }

  async tellFault(channel: string, code: string): Promise<void> {
    try {
      for (const userId of (await this.#migratorIds()).slice(0, TOLD)) {
        await this.#post(userId, faultMessage(channel, code), NOT_REACHED);
      }
    } catch (err) {
      this.#parts.logger.warn({ err }, 'not every migrator could be told of the reminder channel');
    }
  }

  #reachable(person: SlackPerson): Addressee {
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
      if (code !== null && refusals.has(code)) return { kind: 'refused', code };
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
  return ms === null ? error : new SlowDown(ms);
}
