import { largeOrganisation } from './adobe/large-seed.ts';
import type { Seed } from './adobe/organisation.ts';
import { seedOrganisation } from './adobe/seed.ts';
import type { FaultId } from './panel/contract.ts';

/** A starting point for the playground. */
export interface Scene {
  readonly about: string;
  /** The time at which the clock starts. */
  readonly start: Date;
  readonly seed: () => Seed;
  readonly faults?: readonly FaultId[];
  /** What to try first. */
  readonly hints?: readonly string[];
  /** Settings of the bot that differ from the playground's defaults. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** By the name passed to `--scene`; first-day is the default. */
export const SCENES = {
  'first-day': {
    about: 'four weeks before the deadline, the bot has just been installed',
    start: new Date('2025-06-02T10:00:00Z'),
    seed: () => seedOrganisation(),
  },
  'deadline-week': {
    about: 'six days before the deadline, some credentials are migrated',
    start: new Date('2025-06-24T10:00:00Z'),
    seed: () => seedOrganisation(['dbt-transform', 'looker-prod', 'crm-sync', 'airflow-dev']),
  },
  overdue: {
    about: 'the deadline has passed; queries of the credentials left fail',
    start: new Date('2025-07-08T10:00:00Z'),
    // Left to migrate: bi-nightly, crm-sync, finance-month-end, campaign-reporting, legacy-export.
    seed: () =>
      seedOrganisation([
        'dbt-transform',
        'looker-prod',
        'tableau-server',
        'airflow-etl',
        'ml-feature-store',
        'alerts <!channel>',
        'airflow-dev',
        'qa-regression',
        'load-test',
        'R&D sandbox 🚀',
      ]),
    hints: ['/qs-creds list failing'],
  },
  'ten-thousand': {
    about: 'an organisation of ten thousand credentials',
    start: new Date('2025-06-02T10:00:00Z'),
    seed: () => largeOrganisation(10_000),
    hints: ['/qs-creds list production no owner — filters combine'],
  },
  'hand-off': {
    about: 'the bot sends nothing: confirm, then press "Migrate in Adobe" on the right',
    start: new Date('2025-06-02T10:00:00Z'),
    seed: () => seedOrganisation(),
    settings: { MIGRATION_METHOD: 'hand-off' },
    hints: [
      '/qs-creds migrate airflow-dev',
      'Confirm it. Then find it in the panel’s Adobe tab and press “Migrate in Adobe”.',
    ],
  },
  'developer-console': {
    about: 'in two steps: begin, then press Finish… or Undo; dbt-transform was begun by someone else',
    start: new Date('2025-06-02T10:00:00Z'),
    seed: () => seedOrganisation(),
    settings: { MIGRATION_METHOD: 'developer-console' },
    hints: [
      '/qs-creds migrate airflow-dev',
      'Confirm it. Then press “Finish…” or “Undo” in its message.',
      '/qs-creds list unfinished — dbt-transform, which someone else began: finish it there',
    ],
  },
  owners: {
    about: 'two weeks before the deadline; owners ask for a migration, or hold it back',
    start: new Date('2025-06-16T10:00:00Z'),
    seed: () => seedOrganisation(),
    hints: [
      'On the left, become Owner and open the messages of qs-creds.',
      'Press “Hold…” for one credential and “Ask for migration…” for another.',
      'Become Admin again: in #data-platform, press “Migrate…” below what the owner asks, then migrate the one on hold.',
    ],
  },
  watch: {
    about: 'jobs fail after their migration',
    start: new Date('2025-06-02T10:00:00Z'),
    seed: () => seedOrganisation(),
    faults: ['jobs-fail-after'],
    hints: [
      '/qs-creds migrate looker-prod',
      'When it is migrated, move the clock by a day and open the thread below its message.',
      'Press Acknowledge there, in the Home or in the digest.',
    ],
  },
  'dry-run': {
    about: 'nothing that changes anything is sent to Adobe',
    start: new Date('2025-06-02T10:00:00Z'),
    seed: () => seedOrganisation(),
    settings: { DRY_RUN: 'true' },
    hints: ['/qs-creds migrate bi-nightly', 'Confirm it, and read what would have been sent.'],
  },
  'bad-day': {
    about: 'a week before the deadline; Adobe is slow and its responses to starts are lost',
    start: new Date('2025-06-23T10:00:00Z'),
    seed: () => seedOrganisation(),
    faults: ['slow', 'start-response-lost'],
    hints: [
      '/qs-creds migrate airflow-dev',
      'Confirm it. The response to its start is lost: the bot reads in Adobe how it ended, and sends nothing again.',
    ],
  },
} as const satisfies Readonly<Record<string, Scene>>;

export type SceneName = keyof typeof SCENES;

/** What to try; what is special about the scene comes first. */
export function hintsOf(scene: Scene, { credentials }: Seed): readonly string[] {
  // Credentials whose name fits into a command unquoted, and whose state can be read.
  const possible = credentials.filter(
    ({ name, state, consoleId }) => state === 'NOT_STARTED' && consoleId !== null && /^[\w-]+$/.test(name),
  );
  const production = possible.find(({ sandboxes }) => sandboxes.includes('prod'));
  const other = possible.find(({ sandboxes }) => !sandboxes.includes('prod'));
  const first = scene.hints ?? [];
  const commands = new Set(first.map(commandOf));
  return [
    ...first,
    ...[
      '/qs-creds list',
      '/qs-creds migrate',
      ...(other === undefined ? [] : [`/qs-creds migrate ${other.name}`]),
      ...(production === undefined
        ? []
        : [`/qs-creds migrate ${production.name} — production: asks for the typed name`]),
      '/qs-creds status',
      '/qs-creds history',
      '/qs-creds remind preview',
      '/qs-creds remind now — asks first; owners get a direct message: switch to one on the left',
      '/qs-creds faq',
      '/qs-creds help',
    ].filter((hint) => !commands.has(commandOf(hint))),
    'Move the clock to the next reminder and see who gets what.',
    // In scenes with other settings the bot starts no migration, or a person has to continue it.
    ...(scene.settings === undefined
      ? ['Start a migration and kill the bot: after its restart it reports how the migration ended.']
      : []),
    'On the left: the app with its Home and messages, and the people you can switch to.',
  ];
}

/** The command of a hint, such as "/qs-creds migrate bi-nightly", without its explanation. */
function commandOf(hint: string): string {
  return hint.split(' — ')[0] ?? hint;
}
