import { CRASH_POINTS, FAULTS, SLOW } from './faults.ts';
import { EVENTS } from './outside-events.ts';

/** Ends of a migration or a question, with their reasons. */
const ENDS = [
  ...['cancelled', 'expired', 'migrated', 'migrated elsewhere', 'needs_attention unclear', 'resolved resolved'],
  ...['failed outdated', 'failed put_back', 'failed refused', 'failed unchecked', 'failed unsent'],
  ...['void answered_elsewhere', 'void changed', 'void elsewhere', 'void not_posted'],
].map((end) => `end: ${end}`);

const REMINDERS = ['sent once', 'sent again, with an excuse', 'last window served once'];

/** What a few hundred seeds must have tried, by heading. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  Faults: [...FAULTS.map(({ name }) => name), ...SLOW],
  Outside: Object.keys(EVENTS),
  Ends: ENDS,
  Reminders: REMINDERS.map((what) => `reminder: ${what}`),
  Deaths: CRASH_POINTS,
};

/** What happened how often, over many seeds. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  add(counts: Iterable<readonly [string, number]>): void {
    for (const [what, times] of counts) this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  /** What never happened. */
  missing(): string[] {
    return Object.values(EXPECTED)
      .flat()
      .filter((what) => !this.#counts.has(what));
  }

  /** One line for each, below its heading. */
  table(): string {
    return Object.entries(EXPECTED)
      .flatMap(([heading, all]) => [
        `\n${heading}`,
        ...all.map((what) => `${String(this.#counts.get(what) ?? 0).padStart(8)}  ${what}`),
      ])
      .join('\n');
  }
}
