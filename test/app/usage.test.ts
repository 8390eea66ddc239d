import { expect, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import { ADMIN } from '../support/people.ts';
import { startWorld } from './setup.ts';
import type { World } from './world.ts';

const SYNC_CRON = '0 0 1 1 *';

/** The rows of the list, as `name: why`. */
async function rows(world: World, what = 'list eligible'): Promise<string[]> {
  const { text } = await world.say(ADMIN, what);
  return Array.from(text.matchAll(/^`([^`]+)` · \*Eligible\* · (.+?) · `/gm), ([, name, why]) => `${name}: ${why}`);
}

async function read(world: World): Promise<void> {
  const before = world.timesLogged('usage read');
  world.clock.advance(60);
  await world.comes(SYNC_CRON);
  await world.logged('usage read', before + 1);
}

test('what fails comes first, with Adobe’s error, in the list, the picker and as the next one', async () => {
  const before = ({ adobe }: Pick<World, 'adobe'>) => {
    adobe.switchFault('jobs-fail', true);
    adobe.switchFault('jobs-no-login', true);
  };
  const world = await startWorld({ seed: seedOrganisation(), env: { SYNC_CRON }, before });
  const [first, second, ...others] = await rows(world);
  expect([first, second]).toEqual([
    expect.stringMatching(/^tableau-server: failing since <!date.+2025-05-04>: `Access to the dataset .+ is denied`$/),
    expect.stringMatching(
      /^ml-feature-store: failing since <!date.+2025-05-04>: `The technical account could not log in`$/,
    ),
  ]);
  expect(others.slice(0, 2)).toEqual([
    expect.stringMatching(/^alerts &lt;!channel&gt;: next run .+09:15 UTC>$/),
    expect.stringMatching(/^crm-sync: next run .+09:15 UTC>$/),
  ]);
  expect(others).toContainEqual('legacy-export: idle for 30 days');
  const picker = await world.say(ADMIN, 'migrate');
  const { options } = await world.slack.suggest(ADMIN, picker, 'pick_credential', '');
  expect(options[0]?.text).toBe('tableau-server · prod');
  world.adobe.switchFault('jobs-fail', false);
  world.adobe.switchFault('jobs-no-login', false);
  await read(world);
  expect((await rows(world))[0]).toMatch(/^alerts/);
});

test('where jobs cannot be read nobody is idle, and the sync goes on', async () => {
  const before = ({ adobe }: Pick<World, 'adobe'>) => adobe.switchFault('jobs-unread', true);
  const world = await startWorld({ seed: seedOrganisation(), env: { SYNC_CRON }, before });
  const all = await rows(world);
  expect(all.length).toBeGreaterThan(8);
  expect(all.filter((row) => !row.endsWith(': use could not be read'))).toEqual([]);
  expect(world.timesLogged('the use of some credentials could not be read')).toBe(1);
  world.adobe.switchFault('jobs-unread', false);
  await read(world);
  expect(await rows(world)).toContainEqual('legacy-export: idle for 30 days');
});
