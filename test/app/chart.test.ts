import { expect, test } from 'vitest';
import { ADMIN, MEMBER } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';

const SEED = seedOf(...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => credential(name)));
const CHART = 'data_visualization';
const typesOf = ({ blocks }: { blocks: readonly { type?: unknown }[] }) => blocks.map(({ type }) => type);

const SYNC = '0 1 29 2 *';
const DAY = 24 * 60 * 60;

/** Five days; on each but the first, one credential is migrated. */
async function fiveDays() {
  const world = await startWorld({ seed: SEED, env: { SYNC_CRON: SYNC } });
  for (const each of SEED.credentials.slice(0, 4)) {
    world.adobe.migrateElsewhere(each.technicalAccountId);
    world.clock.advance(DAY);
    await world.comes(SYNC);
  }
  return world;
}

test('The chart shows what is left day by day, with a forecast in words', async () => {
  const world = await fiveDays();
  const seen = await world.say(MEMBER, 'chart');
  expect(seen.text).toContain('2 of 6 credentials left');
  expect(seen.text).toMatch(/At this pace, the last will be migrated (on|between) .* May 2025, before the deadline/);
  expect(typesOf(seen)).toContain(CHART);
});

test('If Slack rejects the chart, the same message and the Home show text bars', async () => {
  const world = await fiveDays();
  world.slack.faults.switch('slack-no-new-blocks', true);
  const seen = await world.say(MEMBER, 'chart');
  expect(typesOf(seen)).not.toContain(CHART);
  expect(JSON.stringify(seen.blocks)).toContain('▁');
  await world.slack.openHome(ADMIN);
  const home = await world.slack.waitFor(() => world.slack.homeOf(ADMIN));
  expect(JSON.stringify(home)).toContain('Credentials left');
  expect(JSON.stringify(home)).not.toContain(CHART);
});

test('On the first day, the reply has words and no chart', async () => {
  const world = await startWorld({ seed: SEED });
  const seen = await world.say(MEMBER, 'chart');
  expect(seen.text).toContain('A forecast needs counts from 4 days; so far there is 1.');
  expect(typesOf(seen)).not.toContain(CHART);
});
