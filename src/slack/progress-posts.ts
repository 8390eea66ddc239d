import type { webApi } from '@slack/bolt';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { RateLimitedError } from '../lib/rate-limiter.ts';
import type { MessageLink, MessageRef, Migration } from '../migrations/migration.ts';
import { ResponseLostError } from '../migrations/ports.ts';
import type { ProgressState } from '../migrations/progress-state.ts';
import type { SlackChannels } from './channels.ts';
import { isNotProcessed, isRejection, retryAfterMs, slackErrorCode, translateRateLimit } from './errors.ts';
import type { Message } from './messages/blocks.ts';
import { progressMessage } from './messages/progress.ts';
import { editMessage, postMessage } from './posting.ts';
import type { SlackRecipients } from './recipients.ts';

/** Maximum number of migrators tried for an end that could be shown to no one else. */
const MAX_FALLBACKS = 5;
/** How long Slack may fail at the place of an end before the end is sent elsewhere. Milliseconds. */
const PATIENCE_MS = 2 * 60 * 1000;
/** Maximum number of failed calls for one end that may have arrived nevertheless, or were rate limited. */
const MAX_UNCLEAR = 2;

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
  /** Why Slack accepts no message there, by recipient: each is logged once. */
  readonly #loggedCodes = new Map<string, string>();
  /** Migrations whose progress was posted once more, or may have been. In memory only. */
  readonly #reposted = new Set<string>();
  /** Messages that still show progress, and the end sent elsewhere since Slack failed to edit them. In memory only. */
  #outdated: { readonly ref: MessageRef; readonly message: Message }[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async show(migration: Migration, progress: ProgressState): Promise<MessageRef | null> {
    const { client, progressClient } = this.#parts;
    const message = progressMessage(migration, progress);
    const isEnd = progress.kind === 'ended';
    const previous = migration.message;
    const attempts = new Attempts({ mayTryElsewhere: isEnd && this.#isOverdue(migration) });
    let hasEditFailed = false;
    // Without a timestamp, which Slack is not known to omit, it can never be edited.
    if (previous?.ts && !(await this.#isSharedSince(previous))) {
      const isEdited = await attempts.try(() => this.#edit(isEnd ? client : progressClient, previous, message));
      if (isEdited) return this.#afterSuccess(migration, isEnd, previous);
      hasEditFailed = isEdited === null;
    }
    // Someone may have deleted it: then progress is posted again, once. The end must be seen in any case.
    const isRepost = previous !== null;
    if (isRepost && !isEnd && (previous.isRepost || this.#reposted.has(migration.id))) return previous;
    if (isRepost) this.#reposted.add(migration.id);
    for await (const recipient of this.#recipientsOf(migration, isEnd)) {
      // Slack has just failed there.
      if (hasEditFailed && recipient === previous?.channel) continue;
      const posted = await attempts.try(() => this.#postOrRepost(migration, recipient, message));
      if (posted === null) continue;
      if (hasEditFailed && previous !== null) this.#outdated.push({ ref: previous, message });
      return this.#afterSuccess(migration, isEnd, isRepost ? { ...posted, isRepost } : posted);
    }
    attempts.throwFailure();
    return null;
  }

  /** Null when Slack rejects the message there. @throws when Slack is unavailable */
  async post(recipient: string, message: Message): Promise<MessageRef | null> {
    try {
      const posted = await postMessage(this.#parts.client, recipient, message);
      this.#loggedCodes.delete(recipient);
      return posted;
    } catch (error) {
      const code = slackErrorCode(error);
      if (code === null || !isRejection(error)) throw error;
      this.#logOnce(recipient, code);
      return null;
    }
  }

  /** Like `post`. A progress message that certainly did not arrive may be posted again. */
  async #postOrRepost({ id }: Migration, recipient: string, message: Message): Promise<MessageRef | null> {
    try {
      const posted = await this.post(recipient, message);
      if (posted === null) this.#reposted.delete(id);
      return posted;
    } catch (error) {
      if (retryAfterMs(error) === null && !isNotProcessed(error)) throw new ResponseLostError(error);
      this.#reposted.delete(id);
      this.#logOnce(recipient, 'no proper response');
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

  #logOnce(recipient: string, code: string): void {
    if (this.#loggedCodes.get(recipient) !== code)
      this.#parts.logger.warn({ recipient, code }, 'Slack accepts no message there');
    this.#loggedCodes.set(recipient, code);
  }

  /** Whether other companies can read it by now; while Slack does not say, an existing message is still updated. */
  #isSharedSince({ channel }: MessageRef): Promise<boolean> {
    return this.#parts.channels.isShared(channel).catch(() => false);
  }

  /** False when Slack rejects the edit. @throws when Slack is unavailable */
  async #edit(client: webApi.WebClient, ref: MessageRef, message: Message): Promise<boolean> {
    try {
      await editMessage(client, ref, message);
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
  async #afterSuccess({ id }: Migration, isEnd: boolean, ref: MessageRef): Promise<MessageRef> {
    if (isEnd) this.#reposted.delete(id);
    const [outdated] = this.#outdated;
    if (outdated === undefined || outdated.ref.channel !== ref.channel) return ref;
    await this.#edit(this.#parts.client, outdated.ref, outdated.message).then(
      () => this.#outdated.shift(),
      () => undefined,
    );
    return ref;
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

/** The attempts to show one message: if Slack fails at one place, another is tried if that is allowed. */
class Attempts {
  readonly #mayTryElsewhere: boolean;
  readonly #failures: unknown[] = [];

  constructor({ mayTryElsewhere }: { readonly mayTryElsewhere: boolean }) {
    this.#mayTryElsewhere = mayTryElsewhere;
  }

  /** Null also if Slack failed and another place may be tried. @throws if none may */
  async try<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      return await call();
    } catch (error) {
      this.#failures.push(error);
      const unclear = this.#failures.filter((failure) => !isNotProcessed(failure)).length;
      if (!this.#mayTryElsewhere || unclear >= MAX_UNCLEAR) this.throwFailure();
      return null;
    }
  }

  /** @throws what Slack failed with, if it did */
  throwFailure(): void {
    // A lost response comes first, since what may have arrived is repeated more rarely than anything else.
    const lostResponse = this.#failures.find((failure) => failure instanceof ResponseLostError);
    const pause = this.#failures.find((failure) => failure instanceof RateLimitedError);
    const failure = lostResponse ?? pause ?? this.#failures[0];
    if (failure !== undefined) throw failure;
  }
}
