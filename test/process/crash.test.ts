import { expect, test } from 'vitest';
import { ADMIN, FIRST, SECOND, startWorld } from './setup.ts';

test.concurrent('a process killed during a migration continues it after a restart, shows its end, and does not send it again', async ({
  onTestFinished,
}) => {
  const world = await startWorld({ onTestFinished, adobe: { migrationSeconds: 2 } });
  const bot = await world.start();
  await world.migrate(FIRST);
  await world.posted('Migrating', FIRST, ' s of about ');
  expect(await bot.end('SIGKILL')).toBe(null);

  await world.start();

  await world.posted('*Migrated*', FIRST);
  expect(world.startsSent).toBe(1);
  expect(world.postedAbout(FIRST)).toHaveLength(1);
});

test.concurrent('a process killed before the response to a start that Adobe accepted sends it once, and it ends as migrated', async ({
  expect,
  onTestFinished,
}) => {
  const world = await startWorld({ onTestFinished });
  world.adobe.faults.add({ kind: 'slow', ms: 60_000, on: 'start' });
  const bot = await world.start();
  await world.migrate(FIRST);
  await expect.poll(() => world.adobe.starts.length).toBe(1);
  await bot.end('SIGKILL');

  await world.start();

  await world.posted('*Migrated*', FIRST);
  expect(world.startsSent).toBe(1);
});

test.concurrent('a process killed before the response to a start that had no effect sends it once, and it needs attention', async ({
  expect,
  onTestFinished,
}) => {
  const world = await startWorld({ onTestFinished });
  world.adobe.faults.add({ kind: 'hang', ms: 60_000, on: 'start' });
  const bot = await world.start();
  await world.migrate(FIRST);
  await expect.poll(() => world.startsSent).toBe(1);
  await bot.end('SIGKILL');

  await world.start({ MIGRATION_EXPECTED_SECONDS: '1', MIGRATION_TIMEOUT_SECONDS: '2' });

  await world.posted('*Needs attention*', FIRST);
  expect(world.startsSent).toBe(1);
  expect(world.adobe.starts).toEqual([]);
  // The migration that needs a person does not block the next one.
  await world.migrate(SECOND);
  await world.posted('*Migrated*', SECOND);
});

test.concurrent('a confirmation counts once even if the process is killed before the start', async ({
  expect,
  onTestFinished,
}) => {
  const world = await startWorld({ onTestFinished });
  const bot = await world.start();
  const question = await world.ask(FIRST);
  // The process dies while it reads Adobe's state, which it does right before the start.
  world.adobe.faults.add({ kind: 'hang', ms: 60_000, on: 'status' });
  const before = world.adobe.calls.length;
  await world.slack.press(ADMIN, question, 'confirm');
  const isRead = () => world.adobe.calls.slice(before).some(({ path }) => path.endsWith('/status'));
  await expect.poll(isRead).toBe(true);
  await bot.end('SIGKILL');
  expect(world.startsSent).toBe(0);
  world.adobe.faults.clear();

  await world.start();

  await world.posted('*Migrated*', FIRST);
  expect(world.startsSent).toBe(1);
});
