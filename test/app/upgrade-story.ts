import type { SimulatedCredential } from '../../playground/adobe/organisation.ts';
import { ADMIN, DATA, MEMBER, OWNER } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

/** The state of each of the story's credentials at its end. */
export const STATES = {
  'airflow-dev': 'migrated',
  'crm-dev': 'dry_run',
  'etl-dev': 'needs_attention',
  'hr-dev': 'asked',
  'jobs-dev': 'running',
  'kpi-dev': 'confirmed',
} as const;
export const HELD = 'bi-dev';

/** The credentials at Adobe, by default in their state before the story. */
export function storySeed(changes: Readonly<Record<string, Partial<SimulatedCredential>>> = {}) {
  return seedOf(...[...Object.keys(STATES), HELD].map((name) => credential(name, changes[name])));
}

/** Writes the story into a new database at `path`: one of everything that an upgrade must keep. The bot runs on. */
export async function writeStory(path: string): Promise<World> {
  const world = await startWorld({
    seed: storySeed(),
    env: { DATABASE_URL: `file:${path}`, MIGRATION_TIMEOUT_SECONDS: '60' },
  });
  await world.migrate(ADMIN, 'airflow-dev');
  await world.until(MIGRATED);
  world.adobe.faults.add({ on: 'start', kind: 'status', status: 500 });
  await world.migrate(ADMIN, 'etl-dev');
  await world.until(/^⚠️ \*Needs attention\*/);
  await hold(world);
  await world.press(ADMIN, await world.say(ADMIN, 'migrate crm-dev dry-run'), 'confirm');
  await world.say(MEMBER, 'migrate hr-dev');
  await world.say(ADMIN, 'remind pause');
  await world.migrate(ADMIN, 'jobs-dev');
  await world.until(/Migrating `jobs-dev`.*\b[1-9]\d* s of about/s);
  await world.migrate(ADMIN, 'kpi-dev');
  await world.say(ADMIN, 'migrate hr-dev');
  return world;
}

async function hold(world: World): Promise<void> {
  await world.slack.press(OWNER, await world.say(OWNER, `status ${HELD}`), 'hold');
  const { viewId } = await world.slack.waitFor(() => world.slack.modalOf(OWNER), { what: 'a modal' });
  const entered = { hold_reason: { reason: 'Month-end close' }, hold_last_day: { day: '2025-05-20' } };
  await world.reaction(OWNER, DATA, () => world.slack.submit(OWNER, viewId, entered));
}
