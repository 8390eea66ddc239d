import { randomBytes } from 'node:crypto';
import { SlackError } from './slack-error.ts';

const VALID_MS = 3_000;

/** `trigger_id`s: each opens one view, within three seconds of the person's action. */
export class Triggers {
  readonly #issued = new Map<string, { readonly userId: string; readonly at: number; used: boolean }>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  issue(userId: string): string {
    const at = this.#now().getTime();
    const trigger = `${at}.${randomBytes(6).toString('hex')}`;
    this.#issued.set(trigger, { userId, at, used: false });
    return trigger;
  }

  /** The person who caused the trigger. @throws {SlackError} for an unknown, used or expired trigger */
  use(trigger: string): string {
    const issued = this.#issued.get(trigger);
    if (issued === undefined) throw new SlackError('invalid_trigger_id');
    if (issued.used) throw new SlackError('exchanged_trigger_id');
    if (this.#now().getTime() - issued.at > VALID_MS) throw new SlackError('expired_trigger_id');
    issued.used = true;
    return issued.userId;
  }
}
