import type { webApi } from '@slack/bolt';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import type { MessageLink, MessageRef, Migration } from '../migrations/migration.ts';
import { type ProgressState, ResponseLostError } from '../migrations/progress.ts';
import type { SlackChannels } from './channels.ts';
import { isNotProcessed, isRejection, retryAfterMs, slackErrorCode, translateRateLimit } from './errors.ts';
import type { Message } from './messages/blocks.ts';
import { progressMessage } from './messages/progress.ts';
import type { SlackRecipients } from './people.ts';
import { editMessage, postMessage } from './posting.ts';

/** Maximum number of migrators tried for an end that could be shown to no one else. */
const MAX_FALLBACKS = 5;
/** How long Slack may fail at the place of an end before the end is sent elsewhere. Milliseconds. */
const PATIENCE_MS = 2 * 60 * 1000;
/** Maximum number of failed calls for one end that may have arrived nevertheless, or were rate limited. */
const MAX_UNSURE = 2;

interface Parts {
  /** Created with `MIGRATION_CLIENT`. */
  readonly client: webApi.WebClient;
  /** Created with `PROGRESS_CLIENT`. */
  readonly progressClient: webApi.WebClient;
  readonly recipients: Pick<SlackRecipients, 'migratorIds'>;
  readonly channels: Pick<SlackChannels, 'isShared' | 'isPublic'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Posts and edits the messages about a migration: where each may go, and what happens to the previous one. */
export class ProgressPosts {
  readonly #parts: Parts;
  /** Places where Slack accepts no message, with the reason: each is logged once. */
  readonly #closed = new Map<string, string>();
  /** Migrations whose progress was posted once more, or may have been. In memory only. */
  readonly #reposted = new Set<string>();
  /** Messages that still show progress, and the end sent elsewhere since Slack failed to edit them. In memory only. */
  #outdated: { readonly ref: MessageRef; readonly message: Message }[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async show(migration: Migration, progress: ProgressState): Promise<MessageRef | null> {
    const message = progressMessage(migration, progress);
    const isEnd = progress.kind === 'ended';
    const old = migration.message;
    const places = new Places(isEnd && this.#isOverdue(migration));
    // Without a timestamp, which Slack is not known to omit, it can never be edited.
    const isEditable = old?.ts && !(await this.#isSharedSince(old));
    const edited = isEditable ? await places.try(() => this.#edit(old, message, isEnd)) : false;
    if (old !== null && edited === true) return this.#shown(migration, isEnd, old);
    // Someone may have deleted it: then progress is posted again, once. The end must be seen in any case.
    const isRepost = old !== null;
    if (isRepost && !isEnd && (old.isRepost || this.#reposted.has(migration.id))) return old;
    if (isRepost) this.#reposted.add(migration.id);
    for await (const recipient of this.#recipientsOf(migration, isEnd)) {
      // Slack has just failed there.
      if (edited === null && recipient === old?.channel) continue;
      const posted = await places.try(() => this.#postAgain(migration, recipient, message));
      if (posted === null) continue;
      if (edited === null && old !== null) this.#outdated.push({ ref: old, message });
      return this.#shown(migration, isEnd, isRepost ? { ...posted, isRepost } : posted);
    }
    places.throwFailure();
    return null;
  }

  /** Null when Slack rejects the message there. @throws when Slack is unavailable */
  async post(recipient: string, message: Message): Promise<MessageRef | null> {
    try {
      const posted = await postMessage(this.#parts.client, recipient, message);
      this.#closed.delete(recipient);
      return posted;
    } catch (error) {
      const code = slackErrorCode(error);
      if (code === null || !isRejection(error)) throw error;
      this.#noteClosed(recipient, code);
      return null;
    }
  }

  /** Like `post`. A progress message that certainly did not arrive may be posted again. */
  async #postAgain({ id }: Migration, recipient: string, message: Message): Promise<MessageRef | null> {
    try {
      const posted = await this.post(recipient, message);
      if (posted === null) this.#reposted.delete(id);
      return posted;
    } catch (error) {
      if (retryAfterMs(error) === null && !isNotProcessed(error)) throw new ResponseLostError(error);
      this.#reposted.delete(id);
      this.#noteClosed(recipient, 'no proper response');
      throw translateRateLimit(error);
    }
  }

  /** The link to a migration's message; null if Slack gives none. Never throws. */
  async linkTo({ id, message }: Migration): Promise<MessageLink | null> {
    const { progressClient, channels, logger } = this.#parts;
    if (!message?.ts) return null;
    try {
      const { channel, ts } = message;
      const { permalink: url } = await progressClient.chat.getPermalink({ channel, message_ts: ts });
      return url === undefined ? null : { url, isPublic: await channels.isPublic(channel) };
    } catch (err) {
      logger.debug({ err, migration: id }, 'Slack gave no link to the progress of a migration');
      return null;
    }
  }

  #noteClosed(recipient: string, code: string): void {
    if (this.#closed.get(recipient) !== code)
      this.#parts.logger.warn({ recipient, code }, 'Slack takes no message there');
    this.#closed.set(recipient, code);
  }

  /** Whether other companies can read it by now; while Slack does not say, an existing message is still updated. */
  #isSharedSince({ channel }: MessageRef): Promise<boolean> {
    return this.#parts.channels.isShared(channel).catch(() => false);
  }

  /** False when Slack rejects the edit. @throws when Slack is unavailable */
  async #edit(old: MessageRef, message: Message, isEnd: boolean): Promise<boolean> {
    const { client, progressClient } = this.#parts;
    try {
      await editMessage(isEnd ? client : progressClient, old, message);
      return true;
    } catch (error) {
      if (isRejection(error)) return false;
      throw translateRateLimit(error);
    }
  }

  #isOverdue({ endedAt }: Migration): boolean {
    return endedAt !== null && this.#parts.clock.now().getTime() - endedAt.getTime() >= PATIENCE_MS;
  }

  /** Slack works again: messages that it could not edit before must not look alive any longer. */
  async #shown({ id }: Migration, isEnd: boolean, shown: MessageRef): Promise<MessageRef> {
    if (isEnd) this.#reposted.delete(id);
    const [outdated] = this.#outdated;
    if (outdated === undefined || outdated.ref.channel !== shown.channel) return shown;
    await this.#edit(outdated.ref, outdated.message, true).then(
      () => this.#outdated.shift(),
      () => undefined,
    );
    return shown;
  }

  /** Where a migration's message may go, the best place first; an end may also go to people whom it concerns less. */
  async *#recipientsOf({ channel, decidedBy, askedBy }: Migration, isEnd: boolean): AsyncGenerator<string> {
    const known = new Set([channel, decidedBy ?? askedBy, ...(isEnd ? [askedBy] : [])]);
    // An end does not wait until Slack says whether the channel is shared, but avoids it meanwhile.
    const isShared = this.#parts.channels.isShared(channel);
    if (await (isEnd ? isShared.catch(() => true) : isShared)) known.delete(channel);
    yield* known;
    if (!isEnd) return;
    const others = await this.#parts.recipients.migratorIds(MAX_FALLBACKS).catch((error: unknown) => {
      if (isRejection(error)) return [];
      throw translateRateLimit(error);
    });
    yield* others.filter((userId) => !known.has(userId));
  }
}

/** The places tried for one message: if Slack fails at one, another is tried if that is allowed. */
class Places {
  readonly #isElsewhereAllowed: boolean;
  readonly #failures: unknown[] = [];

  constructor(isElsewhereAllowed: boolean) {
    this.#isElsewhereAllowed = isElsewhereAllowed;
  }

  /** Null also if Slack failed and another place may be tried. @throws if none may */
  async try<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (error) {
      this.#failures.push(error);
      const unsure = this.#failures.filter((each) => !isNotProcessed(each)).length;
      if (!this.#isElsewhereAllowed || unsure >= MAX_UNSURE) this.throwFailure();
      return null;
    }
  }

  /** @throws what Slack failed with, if it did */
  throwFailure(): void {
    // A lost response comes first, since what may have arrived is repeated more rarely than anything else.
    const lost = this.#failures.find((each) => each instanceof ResponseLostError);
    const pause = this.#failures.find((each) => each instanceof RateLimitedError);
    const failure = lost ?? pause ?? this.#failures[0];
    if (failure !== undefined) throw failure;
  }
}
