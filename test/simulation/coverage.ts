import { CRASH_POINTS } from './calls.ts';
import { FAULTS, SLOW_REQUEST, SLOW_RESPONSE } from './faults.ts';
import { EVENTS } from './outside-events.ts';

/** Final states of a migration or a request, with their reasons. */
const ENDS = [
  ...[
    'bound',
    'bound elsewhere',
    'undone',
    'cancelled',
    'expired',
    'migrated',
    'migrated elsewhere',
    'needs_attention unclear',
    'resolved resolved',
  ],
  ...[
    'failed elsewhere',
    'failed handed_back',
    'failed held',
    'failed impact_changed',
    'failed outdated',
    'failed put_back',
    'failed refused',
    'failed unchecked',
    'failed unsent',
    'failed withdrawn',
  ],
  ...['void answered_elsewhere', 'void asked_again', 'void changed', 'void elsewhere', 'void held', 'void not_posted'],
].map((end) => `end: ${end}`);

const REMINDERS = ['sent once', 'sent twice, accepted risk', 'last window served once'];

/** What a run of the test suite must have covered, by heading. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  Faults: [...FAULTS.map(({ name }) => name), SLOW_REQUEST, SLOW_RESPONSE],
  'Outside events': Object.keys(EVENTS),
  Ends: ENDS,
  Reminders: REMINDERS.map((what) => `reminder: ${what}`),
  'Crash points': CRASH_POINTS,
};

/** How often each thing happened, over many seeds. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  add(counts: Iterable<readonly [string, number]>): void {
    for (const [what, times] of counts) this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  /** What was expected and never happened. */
  missing(): string[] {
    return Object.values(EXPECTED)
      .flat()
      .filter((what) => !this.#counts.has(what));
  }

  /** A line for each, under its heading. */
  table(): string {
    return Object.entries(EXPECTED)
      .flatMap(([heading, all]) => [
        `\n${heading}`,
        ...all.map((what) => `${String(this.#counts.get(what) ?? 0).padStart(8)}  ${what}`),
      ])
      .join('\n');
  }
}
