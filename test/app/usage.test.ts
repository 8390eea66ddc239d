import { describe, expect, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import { ADMIN } from '../support/people.ts';
import { buttonIds } from './sent.ts';
import { startWorld } from './setup.ts';
import type { World } from './world.ts';

const SYNC_CRON = '0 0 1 1 *';

/** The rows of the list, as `name: why`. */
async function rows(world: World, what = 'list eligible'): Promise<string[]> {
  const { text } = await world.say(ADMIN, what);
  return Array.from(text.matchAll(/^⚪ `([^`]+)` · (.+)$/gm), ([, name, why]) => `${name}: ${why}`);
}

async function read(world: World): Promise<void> {
  const before = world.timesLogged('usage read');
  world.clock.advance(60);
  await world.comes(SYNC_CRON);
  await world.logged('usage read', before + 1);
}

test('failing credentials come first, with Adobe’s error, in the list, in the picker and as the next one to migrate', async () => {
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

test('no credential is idle while jobs cannot be read, and the sync goes on', async () => {
  const before = ({ adobe }: Pick<World, 'adobe'>) => adobe.switchFault('jobs-unread', true);
  const world = await startWorld({ seed: seedOrganisation(), env: { SYNC_CRON }, before });
  const all = await rows(world);
  expect(all.length).toBeGreaterThan(8);
  expect(all.filter((row) => !row.endsWith(': use could not be read'))).toEqual([]);
  expect(world.timesLogged('the use of some credentials could not be read')).toBe(1);
  world.adobe.switchFault('jobs-unread', false);
  world.clock.advance(60);
  const readings = world.timesLogged('usage read');
  await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
  await world.logged('usage read', readings + 1);
  expect(await rows(world)).toContainEqual('legacy-export: idle for 30 days');
});

test('the list can be filtered by in use or idle, together with other filters, and names the filter', async () => {
  const before = ({ adobe }: Pick<World, 'adobe'>) => adobe.switchFault('jobs-fail', true);
  const world = await startWorld({ seed: seedOrganisation(), env: { SYNC_CRON }, before });
  const all = await rows(world);
  const [inUse, idle, failing] = [
    await rows(world, 'list in use eligible'),
    await rows(world, 'list IDLE eligible'),
    await rows(world, 'list failing eligible'),
  ];
  expect(inUse.length * idle.length * failing.length).toBeGreaterThan(0);
  expect([...failing, ...inUse, ...idle]).toEqual(expect.arrayContaining(all));
  expect(new Set([...failing, ...inUse, ...idle]).size).toBe(failing.length + inUse.length + idle.length);
  expect(idle.filter((row) => !row.endsWith(': idle for 30 days'))).toEqual([]);
  expect(inUse.filter((row) => !/: (next run|last query) /.test(row))).toEqual([]);
  const list = await world.say(ADMIN, 'list idle production');
  expect(list.text).toContain('*Shown:* Idle · Production · ');
  const chosen = await world.press(ADMIN, list, 'list_show', { selected: '{"traits":["in_use"],"offset":0}' });
  expect(chosen.text).toContain('*Shown:* In use · ');
  world.clock.advance(49 * 60 * 60);
  expect(await rows(world, 'list idle')).toEqual([]);
});

describe('a question', () => {
  const NAME = 'airflow-dev';

  test('a question says what depends on the credential now, and what happens if nothing is done', async () => {
    const world = await startWorld({ seed: seedOrganisation() });
    world.clock.advance(20 * 60 * 60);
    const { text } = await world.say(ADMIN, `migrate ${NAME}`);
    expect(text.split('\n').slice(3, 6)).toEqual([
      expect.stringMatching(/^• 1 schedule: `Profile snapshot`, next <!date.+2025-05-07 04:00 UTC>$/),
      expect.stringMatching(/^• 30 queries in 30 days, the last <!date.+2025-05-06 04:00 UTC>: succeeded$/),
      '*If nothing is done*: after 30 June 2025 its jobs fail, since JWT credentials no longer authenticate then.',
    ]);
    const idle = await world.say(ADMIN, 'migrate legacy-export');
    expect(idle.text).toContain('• No enabled schedule uses it\n• No query in 30 days\n');
  });

  test('if Adobe does not say what depends on the credential, a question says so, or what was known and when', async () => {
    const world = await startWorld({ seed: seedOrganisation() });
    world.adobe.switchFault('jobs-unread', true);
    world.clock.advance(60 * 60);
    const { text } = await world.say(ADMIN, `migrate ${NAME}`);
    expect(text).toMatch(/• 1 schedule: `Profile snapshot`, next .+ \(as of <!date.+2025-05-05 09:00 UTC>\)\n/);
    expect(text).toMatch(/• ⚠️ Not all of it could be read: .+ does not let the app list the (schedules|queries)/);
  });

  test('a question posted for others is completed in place', async () => {
    const world = await startWorld({ seed: seedOrganisation(), env: { REQUIRE_SECOND_PERSON: 'true' } });
    world.clock.advance(20 * 60 * 60);
    await world.say(ADMIN, `migrate ${NAME}`);
    const question = await world.until(/^\*Migrate `airflow-dev`.+\n(.+\n)+.*2025-05-06 04:00 UTC>: succeeded/);
    expect(question.edited).toBe(true);
    expect(buttonIds(question)).toEqual(['confirm', 'decline', 'cancel']);
  });

  test('a migration whose dependent jobs have changed when its turn comes is not started, and the message says what changed', async () => {
    const world = await startWorld({ seed: seedOrganisation() });
    const question = await world.say(ADMIN, `migrate ${NAME}`);
    world.adobe.switchFault('schedule-added', true);
    world.clock.advance(60);
    await world.press(ADMIN, question, 'confirm');
    const end = await world.until(/^❌/);
    expect(end.text).toContain(
      'What depends on it is not what was confirmed: the schedule `New job` has been created or enabled since. Nothing was sent.',
    );
    await world.expectNothingStarted();
    expect((await world.say(ADMIN, `migrate ${NAME}`)).text).toContain('2 schedules: `New job`');
  });

  test('a change that a sync has seen voids the question', async () => {
    const world = await startWorld({ seed: seedOrganisation(), env: { SYNC_CRON } });
    const question = await world.say(ADMIN, `migrate ${NAME}`);
    world.adobe.switchFault('schedule-added', true);
    await read(world);
    const closed = await world.press(ADMIN, question, 'confirm');
    expect(closed.text).toContain('no longer valid: the schedule `New job` has been created or enabled since');
    await world.expectNothingStarted();
  });
});
