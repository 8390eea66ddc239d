import { expect, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import { ADMIN } from '../support/people.ts';
import { openHome } from './homes.ts';
import { startWorld } from './setup.ts';

const ORGANISATION = seedOrganisation();
/** One credential outside production that a schedule uses. */
const SEED = { ...ORGANISATION, credentials: ORGANISATION.credentials.filter(({ name }) => name === 'airflow-dev') };
const WAIT = { what: 'the modal', timeoutMs: 60_000 };

test('what the modal could no longer show was not confirmed: if it matters, nothing is started', async () => {
  const world = await startWorld({ seed: SEED, refused: ['views.update: hash_conflict'] });
  world.clock.advance(60);
  await openHome(world, ADMIN);
  const { promise: until, resolve: answer } = Promise.withResolvers<void>();
  world.adobe.faults.add({ on: 'schedules', kind: 'held', until, times: 1 });
  world.adobe.switchFault('schedule-added', true);
  await world.slack.press(ADMIN, 'home', 'migrate');
  const { viewId } = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), WAIT);
  // Slack says late who submitted it: meanwhile Adobe says what depends on it.
  world.slack.fail('users.info', { hangMs: 60_000 });
  await world.slack.submit(ADMIN, viewId);
  answer();
  await world.slack.waitFor(() => world.slack.rejected.length > 0, WAIT);
  world.clock.advance(60);
  world.slack.heal();
  const end = await world.until(/^(❌|✅)/, world.slack.directOf(ADMIN));
  expect(end.text).toContain('What depends on it is not what was confirmed: the schedule `New job`');
  await world.expectNothingStarted();
});
