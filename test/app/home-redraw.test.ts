import { expect, test } from 'vitest';
import { readableText } from '../../playground/slack/blocks.ts';
import { ADMIN, GUEST, MEMBER, OWNER } from '../support/people.ts';
import { openHome } from './homes.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const NAME = 'airflow-dev';
const SEED = seedOf(credential(NAME), credential('bi-nightly'));

function textOf(world: World, userId: string): string {
  const home = world.slack.homeOf(userId);
  return home === null ? '' : readableText(home.blocks);
}

function publishesTo(world: World, userId: string): number {
  return world.slack.calls.filter(({ method, args }) => method === 'views.publish' && args['user_id'] === userId)
    .length;
}

/** Waits until this person's Home matches, without opening it. */
async function shows(world: World, userId: string, pattern: RegExp): Promise<void> {
  await world.slack.waitFor(() => pattern.test(textOf(world, userId)), { what: `${pattern} in a Home` });
}

test('Homes opened within the last hour follow a migration to its end; a Home opened more than an hour ago does not', async () => {
  const world = await startWorld({ seed: SEED });
  await openHome(world, MEMBER);
  world.clock.advance(3_601);
  const opened = [ADMIN, OWNER];
  for (const userId of opened) await openHome(world, userId);
  await world.migrate(ADMIN, NAME);
  // Otherwise the Homes might be redrawn while it is still queued, and the clock does not advance for another redraw.
  await world.slack.waitFor(() => world.startsSent === 1, { what: 'a start' });
  world.clock.advance(15);
  for (const userId of opened) await shows(world, userId, /⏳ `airflow-dev` migrating/);
  await world.until(MIGRATED);
  world.clock.advance(15);
  for (const userId of opened) await shows(world, userId, /1 of 2 credentials left/);
  expect(textOf(world, MEMBER)).toContain('2 of 2 credentials left');
  expect(publishesTo(world, MEMBER)).toBe(1);
});

test('ten changes within 15 seconds redraw an open Home once, with the last of them; a stop ends the redraws until the person presses Refresh', async () => {
  const world = await startWorld({ seed: SEED });
  await openHome(world, ADMIN);
  for (let i = 0; i < 9; i += 1) await world.say(GUEST, 'list');
  await world.say(GUEST, 'status');
  expect(publishesTo(world, ADMIN)).toBe(1);
  world.clock.advance(15);
  await shows(world, ADMIN, /wanted to see the status and was denied/);
  expect(publishesTo(world, ADMIN)).toBe(2);
  await world.say(GUEST, 'list');
  await world.stop();
  world.clock.advance(60);
  // A loop that was not stopped would find its database closed meanwhile, which is an error.
  await world.start();
  await world.logged('usage read', 2);
  expect(publishesTo(world, ADMIN)).toBe(2);
  await world.slack.press(ADMIN, 'home', 'home_refresh');
  await world.slack.waitFor(() => publishesTo(world, ADMIN) === 3, { what: 'a Home' });
  await world.say(GUEST, 'export');
  world.clock.advance(15);
  await shows(world, ADMIN, /wanted to export the credentials/);
});

test('a person is verified again for a redraw a minute after the last verification, and denied as when opening the Home', async () => {
  const world = await startWorld({ seed: SEED });
  const verified = () =>
    world.slack.calls.filter(({ method, args }) => method === 'users.info' && args['user'] === ADMIN);
  await openHome(world, ADMIN);
  await world.say(GUEST, 'list');
  world.clock.advance(15);
  await shows(world, ADMIN, /wanted to see the list/);
  expect(verified()).toHaveLength(1);
  world.clock.advance(60);
  await world.say(GUEST, 'faq');
  await shows(world, ADMIN, /wanted to read the FAQ/);
  expect(verified()).toHaveLength(2);
  world.clock.advance(60);
  world.slack.fail('users.info', { error: 'internal_error' });
  await world.say(GUEST, 'list');
  await world.logged('could not look a person up; access denied');
});

test('the Home of a person who was denied when opening it is not redrawn', async () => {
  const world = await startWorld({ seed: SEED });
  await openHome(world, ADMIN);
  await world.say(GUEST, 'faq');
  world.clock.advance(15);
  // The pending redraw is done, so that only the opening looks up this person.
  await shows(world, ADMIN, /wanted to read the FAQ/);
  world.clock.advance(61);
  await openHome(world, MEMBER);
  world.slack.fail('users.info', { error: 'internal_error' });
  await world.slack.openHome(ADMIN);
  await shows(world, ADMIN, /I couldn't verify you with Slack/);
  const published = publishesTo(world, ADMIN);
  await world.say(GUEST, 'list');
  world.clock.advance(15);
  // The person who has waited longest comes first.
  await shows(world, MEMBER, /wanted to see the list/);
  expect(publishesTo(world, ADMIN)).toBe(published);
});
