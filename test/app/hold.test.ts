import { expect, test } from 'vitest';
import type { SeenModal } from '../../playground/slack/seen.ts';
import { ADMIN, DATA, MEMBER, OWNER } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import type { World } from './world.ts';

const SEED = seedOf(
  credential('airflow-dev', { owner: 'owner@example.com' }),
  credential('bi-nightly', { owner: 'owner@example.com' }),
  credential('crm-sync', { owner: 'someone@example.com' }),
);
const [AIRFLOW] = SEED.credentials.map(({ technicalAccountId }) => technicalAccountId) as [string];

async function modalOf(world: World, userId: string): Promise<SeenModal> {
  return world.slack.waitFor(() => world.slack.modalOf(userId), { what: 'a modal' });
}

/** The bot's message to this person after this act. */
async function after(world: World, userId: string, channel: string, act: () => Promise<unknown>) {
  const before = world.slack.messagesSeenBy(userId, channel).length;
  await act();
  const seen = () => world.slack.messagesSeenBy(userId, channel);
  await world.slack.waitFor(() => seen().length > before, { what: 'a reply' });
  return seen().at(-1) as ReturnType<typeof seen>[number];
}

test('an owner puts a credential on hold, migrate asks nothing, and a migrator overrides the hold with a reason of which the owner is notified', async () => {
  const world = await startWorld({ seed: SEED });
  const status = await world.say(OWNER, 'status airflow-dev');
  expect(buttonIds(status)).toEqual(['hold']);
  await world.slack.press(OWNER, status, 'hold');
  const form = await modalOf(world, OWNER);
  const entered = (reason: string, day: string) => ({ hold_reason: { reason }, hold_last_day: { day } });
  await world.slack.submit(OWNER, form.viewId, entered(' ', '2025-05-20'));
  expect((await modalOf(world, OWNER)).errors).toEqual({ hold_reason: 'Say why, in a few words.' });
  await world.slack.submit(OWNER, form.viewId, entered('Month-end <close>', '2025-07-01'));
  expect((await modalOf(world, OWNER)).errors).toMatchObject({
    hold_last_day: expect.stringContaining('30 June 2025'),
  });
  const set = await after(world, OWNER, DATA, () =>
    world.slack.submit(OWNER, form.viewId, entered('Month-end <close>', '2025-05-20')),
  );
  expect(set.text).toContain('⏸️ `airflow-dev` is on hold until 20 May 2025.');

  const held = await world.say(ADMIN, 'migrate airflow-dev');
  expect(held.text).toContain(
    `⏸️ \`airflow-dev\` is on hold until 20 May 2025, by <@${OWNER}>: \`Month-end &lt;close&gt;\`. Nothing was asked.`,
  );
  const list = await world.say(ADMIN, 'list');
  expect(list.text).toContain('⚪ `airflow-dev` · ⏸️ on hold until 20 May 2025');
  expect(buttonsOf(list).filter(({ value }) => value === AIRFLOW)).toEqual([]);
  await world.slack.press(ADMIN, held, 'override_hold');
  const override = await modalOf(world, ADMIN);
  const ended = await after(world, ADMIN, DATA, () =>
    world.slack.submit(ADMIN, override.viewId, { hold_reason: { reason: 'The deadline' } }),
  );
  expect(ended.text).toContain('▶️ `airflow-dev` is no longer on hold. Nothing was started.');
  expect(buttonIds(ended)).toEqual(['migrate']);
  const dm = world.slack.directOf(OWNER);
  const told = await world.until(/ended your hold on `airflow-dev`/, dm, OWNER);
  expect(told.text).toContain(`<@${ADMIN}> ended your hold`);
  expect(told.text).toContain('Their reason: `The deadline`');
  const trail = await world.say(ADMIN, 'history airflow-dev');
  expect(trail.text).toContain(`<@${ADMIN}> overrode the hold on \`airflow-dev\`. Reason: \`The deadline\``);
  expect(trail.text).toContain(
    `<@${OWNER}> put \`airflow-dev\` on hold until 20 May 2025. Reason: \`Month-end &lt;close&gt;\``,
  );
});

test('an owner is notified by direct message before and after someone else migrates their credential', async () => {
  const world = await startWorld({ seed: SEED });
  await world.migrate(ADMIN, 'bi-nightly');
  const dm = world.slack.directOf(OWNER);
  const before = await world.until(/confirmed the migration of `bi-nightly`, a credential of yours/, dm, OWNER);
  expect(before.text).toContain(`<@${ADMIN}> confirmed`);
  const end = await world.until(/\*Migrated\*: `bi-nightly`/, dm, OWNER);
  expect(end.text).toContain(`Confirmed by <@${ADMIN}>`);
  expect(world.slack.messagesSeenBy(OWNER, dm)).toHaveLength(2);
});

test('a member who does not own a credential is offered no button to hold it', async () => {
  const world = await startWorld({ seed: SEED });
  expect(buttonIds(await world.say(MEMBER, 'status crm-sync'))).toEqual([]);
});
