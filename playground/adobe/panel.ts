import type { AdobeState, PanelAdobe, PanelCredential } from '../panel/contract.ts';
import { recentRuns } from './activity.ts';
import type { Faults } from './faults.ts';
import type { Organisation, SimulatedCredential } from './organisation.ts';

const CREDENTIALS = 50;
const QUERIES = 5;

/**
 * The organisation as the panel shows it.
 * @param find words, each of which must occur in the name, the owner or a sandbox; case-insensitive
 */
export function toPanelAdobe(organisation: Organisation, faults: Faults, find: string): PanelAdobe {
  const all = organisation.byName();
  const counts: Record<AdobeState, number> = { NOT_STARTED: 0, STARTED: 0, COMPLETED: 0, NONE: 0 };
  const now = organisation.now();
  for (const credential of all) counts[organisation.stateOf(credential, now)] += 1;
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = all.filter((credential) => matches(credential, words));
  return {
    credentials: matching
      .slice(0, CREDENTIALS)
      .map((credential) => toPanelCredential(organisation, faults, credential)),
    matching: matching.length,
    total: all.length,
    counts,
    migrating: all.filter((credential) => organisation.secondsLeft(credential) !== null).length,
    migrationSeconds: organisation.migrationSeconds,
    faults: faults.switches,
  };
}

function matches({ name, owner, sandboxes }: SimulatedCredential, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [name, owner ?? '', ...sandboxes].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function toPanelCredential(
  organisation: Organisation,
  faults: Faults,
  credential: SimulatedCredential,
): PanelCredential {
  const { technicalAccountId, name, owner, sandboxes } = credential;
  const schedules = organisation.schedulesOf(technicalAccountId);
  return {
    id: technicalAccountId,
    name,
    owner,
    sandboxes,
    state: organisation.stateOf(credential),
    secondsLeft: organisation.secondsLeft(credential),
    schedules: schedules.map(({ name, sandbox, cron, enabled }) => ({ name, sandbox, cron, enabled })),
    queries: recentRuns({ organisation, faults }, schedules, { limit: QUERIES }).runs.map(
      ({ schedule, created, state }) => ({
        name: schedule.name,
        sandbox: schedule.sandbox,
        at: created.toISOString(),
        state,
      }),
    ),
  };
}
