import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { CHANNEL_FAILING, type ReminderStore } from './ports.ts';

/** How long a channel may fail before that is an error of the channel. Milliseconds. */
const PATIENCE_MS = 5 * 60 * 1000;

interface Parts {
  readonly store: Pick<ReminderStore, 'channelError' | 'setChannelError'>;
  /** False when it has to be tried again. */
  readonly messenger: { notifyChannelError(channel: string, code: string): Promise<boolean> };
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Why the reminder channel rejects messages: logged, reported to the migrators once, and cleared when it accepts one. */
export class ChannelErrors {
  readonly #parts: Parts;
  /** The channel accepted a message, but the database could not clear its error yet. */
  #isClearPending = false;
  /** The error that no migrator could be notified of yet. */
  #unnotified: string | null = null;
  /** Since when it has only failed, by the monotonic clock. */
  #failingSince: number | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The channel accepted a message. Never throws: Slack has it, and an error here must not send it again. */
  async accepted(): Promise<void> {
    this.#failingSince = null;
    this.#isClearPending = true;
    await this.retry();
  }

  /** Clears what the database could not clear at the time. Never throws. */
  async retry(): Promise<void> {
    if (!this.#isClearPending) return;
    try {
      await this.#parts.store.setChannelError(null);
      this.#isClearPending = false;
    } catch (err) {
      this.#parts.logger.warn({ err }, 'the error of the reminder channel could not be cleared; retrying');
    }
  }

  /** Slack rejects messages there. */
  async rejected(channel: string, code: string): Promise<void> {
    this.#failingSince = null;
    await this.#note(channel, code);
  }

  /** Slack failed there, perhaps only for seconds; this never overrides a rejection by Slack. */
  async failed(channel: string): Promise<void> {
    const { store, clock } = this.#parts;
    this.#failingSince ??= clock.monotonicMs();
    if (clock.monotonicMs() - this.#failingSince < PATIENCE_MS) return;
    const known = await store.channelError();
    if (known === null || known === CHANNEL_FAILING) await this.#note(channel, CHANNEL_FAILING);
  }

  async #note(channel: string, code: string): Promise<void> {
    const { store, messenger, logger } = this.#parts;
    this.#isClearPending = false;
    if (await store.setChannelError(code)) {
      this.#unnotified = code;
      logger.error({ channel, code }, 'the reminder channel cannot be posted to');
    }
    if (this.#unnotified === code && (await messenger.notifyChannelError(channel, code))) this.#unnotified = null;
  }
}
