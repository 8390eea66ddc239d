import type { Reminders } from '../../src/services/reminders.ts';

/** What `src/jobs/reminders.ts` does between its timers: one at a time, and a look that was due is not forgotten. */
export class RemindersLoop {
  readonly #reminders: Pick<Reminders, 'look' | 'resume'>;
  readonly #failed: (error: unknown) => void;
  #isBusy = false;
  #isLookDue = false;

  constructor(reminders: Pick<Reminders, 'look' | 'resume'>, failed: (error: unknown) => void) {
    this.#reminders = reminders;
    this.#failed = failed;
  }

  look(): Promise<void> {
    this.#isLookDue = true;
    return this.resume();
  }

  /** Never throws: what failed is tried again. */
  async resume(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      do {
        const isLook = this.#isLookDue;
        this.#isLookDue = false;
        await (isLook ? this.#reminders.look() : this.#reminders.resume());
      } while (this.#isLookDue);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isBusy = false;
    }
  }
}
