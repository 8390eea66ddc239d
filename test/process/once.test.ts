import { expect, test } from 'vitest';
import { ADMIN, FIRST, SECOND, startWorld } from './setup.ts';

test('a question pressed in two processes on one database at the same moment starts one migration', async () => {
  const world = await startWorld();
  const [one, other] = [world.spawn(), world.spawn()];
  await Promise.race([one.line({ msg: 'sync done' }), other.line({ msg: 'sync done' })]);
  await world.speakTo(other);
  const otherUrl = world.slack.appUrl;
  await world.speakTo(one);
  const question = await world.ask(FIRST);

  const presses = [1, 2, 3].flatMap(() => {
    const first = world.slack.press(ADMIN, question, 'confirm');
    // A request goes to the address that is set when it is sent.
    const oneUrl = world.slack.appUrl;
    world.slack.appUrl = otherUrl;
    const second = world.slack.press(ADMIN, question, 'confirm');
    world.slack.appUrl = oneUrl;
    return [first, second];
  });
  const statuses = (await Promise.all(presses)).map(({ status }) => status);

  expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
  await world.posted('*Migrated*', FIRST);
  expect(world.startsSent).toBe(1);
  expect(world.postedAbout(FIRST)).toHaveLength(1);
  // Either instance may have confirmed; both have served requests.
  for (const bot of [one, other]) {
    const metrics = await (await fetch(`${await bot.address()}/metrics`)).text();
    expect(metrics).toContain('qs_creds_actions_total{action="confirm"} 3');
  }
});

test('a replayed confirmation starts nothing more, in the same process or in another', async () => {
  const world = await startWorld();
  const one = await world.start();
  const other = world.spawn();
  await other.address();
  await world.slack.press(ADMIN, await world.ask(FIRST), 'confirm');
  await world.posted('*Migrated*', FIRST);

  for (const bot of [one, other]) {
    await world.speakTo(bot);
    expect(await world.slack.replay()).toMatchObject({ status: 200 });
  }
  // When this is answered, everything that follows the earlier acknowledgements is done.
  await world.ask(SECOND);

  expect(world.startsSent).toBe(1);
  expect(world.postedAbout(FIRST)).toHaveLength(1);
  // The first process knows the signature; in the other, the database already has the confirmation.
  const confirmed = async (bot: typeof one) =>
    /qs_creds_actions_total\{action="confirm"\} (\d)/.exec(
      await (await fetch(`${await bot.address()}/metrics`)).text(),
    )?.[1];
  expect([await confirmed(one), await confirmed(other)]).toEqual(['1', '1']);
});
