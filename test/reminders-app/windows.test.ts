import { expect, test } from 'vitest';
import { credential, seedOf } from '../app/setup.ts';
import { MIGRATED, type World } from '../app/world.ts';
import { ADMIN, DATA, OWNER } from '../support/people.ts';
import { CHECKED, checked, DAY, digest, digests, reminder, reminders, startReminding } from './setup.ts';

const ALL_DONE = '🎉 *Nothing is left to migrate.*';

function allDoneMessages(world: World) {
  return world.slack.messagesSeenBy(ADMIN, DATA).filter(({ text }) => text.startsWith(ALL_DONE));
}

function allDone(world: World, nth = 1) {
  return world.slack.waitFor(() => allDoneMessages(world)[nth - 1], { what: `closing message ${nth}` });
}

/** Stops the bot, and waits until the next one has checked. */
async function restart(world: World): Promise<void> {
  await world.stop();
  const before = world.timesLogged(CHECKED);
  await world.start();
  await world.slack.waitFor(() => world.timesLogged(CHECKED) > before, { what: 'a check' });
}

/** A check runs only at the start. */
const NO_CRON = { REMINDER_CRON: '0 0 29 2 *' };

test.concurrent('each window has one digest when the bot restarts every day', async ({ onTestFinished }) => {
  const seed = seedOf(credential('airflow-dev', { owner: null }));
  const world = await startReminding({ onTestFinished, seed, env: NO_CRON, onDisk: true });
  await digest(world);
  const windows = [30, 14, 7, 3, 2, 1, 0, -1, -8];
  for (let left = 55; left >= -9; left--) {
    world.clock.advance(DAY);
    await restart(world);
    expect(digests(world)).toHaveLength(1 + windows.filter((days) => days >= left).length);
  }
  // After a long outage only the latest window is served.
  world.clock.advance(70 * DAY);
  await restart(world);
  expect(digests(world).map(({ text }) => / · ([^·\n]+)\n/.exec(text)?.[1])).toEqual([
    ...['56 days left', '30 days left', '14 days left', '7 days left', '3 days left', '2 days left'],
    ...['1 day left', 'last day', '1 day overdue', '8 days overdue', '79 days overdue'],
  ]);
});

test.concurrent('a missed check is made up for at the next start, once', async ({ onTestFinished }) => {
  const env = { ...NO_CRON, REMINDER_DAYS: '30,7' };
  const seed = seedOf(credential('airflow-dev'));
  const world = await startReminding({ onTestFinished, seed, env, onDisk: true });
  world.clock.advance(53 * DAY);
  for (let start = 1; start <= 3; start++) await restart(world);
  expect(digests(world)).toHaveLength(1);
  expect(digests(world)[0]?.text).toContain('3 days left');
  expect(reminders(world, OWNER)).toHaveLength(1);
});

test.concurrent('after the last migration one message gives the totals, and nothing more is sent until a credential appears', async ({
  onTestFinished,
}) => {
  const seed = seedOf(credential('airflow-dev'), credential('old', { state: 'NONE' }));
  const world = await startReminding({ onTestFinished, seed });
  await digest(world);
  await world.migrate(ADMIN, 'airflow-dev');
  await world.until(MIGRATED);
  const { text } = await allDone(world);
  expect(text).toBe(
    `${ALL_DONE} 1 credential migrated (1 not eligible). No more reminders unless new credentials appear.`,
  );
  world.clock.advance(26 * DAY);
  await checked(world);
  expect(digests(world)).toHaveLength(1);
  expect(allDoneMessages(world)).toHaveLength(1);

  world.adobe.add(credential('brand-new'));
  await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
  expect((await digest(world, 2)).text).toContain('1 of 2 migrated.');
  expect((await reminder(world, OWNER, 2)).text).toContain('`brand-new`');
  world.adobe.migrateElsewhere(credential('brand-new').technicalAccountId);
  world.clock.advance(16 * DAY);
  expect((await allDone(world, 2)).text).toContain('2 credentials migrated');
});

test.concurrent('the closing message is sent, and no one is reminded, after all were migrated elsewhere', async ({
  onTestFinished,
}) => {
  const seed = seedOf(credential('airflow-dev'), credential('crm-sync'));
  const world = await startReminding({ onTestFinished, seed });
  await digest(world);
  for (const name of ['airflow-dev', 'crm-sync']) {
    world.adobe.migrateElsewhere(credential(name).technicalAccountId);
  }
  world.clock.advance(26 * DAY);
  expect((await allDone(world)).text).toContain('2 credentials migrated.');
  await checked(world);
  expect(digests(world)).toHaveLength(1);
  expect(reminders(world, OWNER)).toHaveLength(1);
  expect(allDoneMessages(world)).toHaveLength(1);
});

test.concurrent('no closing message is sent while the Developer Console fails', async ({ onTestFinished }) => {
  const seed = seedOf(credential('airflow-dev'), credential('crm-sync', { state: 'COMPLETED' }));
  const world = await startReminding({ onTestFinished, seed });
  await digest(world);
  world.adobe.consoleRefuses(true);
  world.clock.advance(26 * DAY);
  await checked(world);
  expect((await world.say(ADMIN, 'list')).text).toContain('The sync with Adobe failed');
  expect(allDoneMessages(world)).toEqual([]);
});
