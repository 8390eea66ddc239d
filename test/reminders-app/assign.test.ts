import { expect, test } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { buttonIds, buttonsOf } from '../app/sent.ts';
import { credential, seedOf } from '../app/setup.ts';
import type { World } from '../app/world.ts';
import { ADMIN, DATA, GUEST, MEMBER, OWNER, SECOND } from '../support/people.ts';
import { checked, DAY, digest, digests, reminder, reminders, startReminding } from './setup.ts';

/** An owner who joins the workspace late. */
const OTHER = 'U0LATE0001';
const LEFT_OWNER = '{"owner":"left@example.com"}';
const NO_OWNER = '{"owner":null}';
const SEED = seedOf(
  credential('airflow-dev'),
  credential('month-end', { owner: 'left@example.com' }),
  credential('quarter-end', { owner: 'Left@example.com', sandboxes: ['prod'] }),
  credential('legacy-export', { owner: null }),
);

/** Presses Assign… next to an owner, and chooses a person. */
async function assign(world: World, by: string, on: SeenMessage, value: string, to: string | null): Promise<void> {
  await world.slack.press(by, on, 'assign', { value });
  const modal = await world.slack.waitFor(() => world.slack.modalOf(by), { what: 'a modal' });
  await world.slack.submit(by, modal.viewId, to === null ? {} : { assigned_person: { person: to } });
}

/** Waits until a digest matches this. */
function edited(world: World, pattern: RegExp): Promise<SeenMessage> {
  const seen = () => digests(world).find(({ text }) => pattern.test(text));
  return world.slack.waitFor(seen, { what: String(pattern) });
}

function direct(world: World, userId: string, pattern: RegExp): Promise<SeenMessage> {
  return world.until(pattern, world.slack.directOf(userId), userId);
}

test.concurrent('Assign… hands all credentials of an owner to one person, who is notified, and the digest says who assigned them', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const posted = await digest(world);
  expect(posted.text).toContain(
    '\n`left@example.com` · 2 left · 🔒 1: `quarter-end`, `month-end` · no one active in Slack has this email\nNo owner · 1 left: `legacy-export`\n',
  );
  expect(buttonsOf(posted).flatMap(({ id, value }) => (id === 'assign' ? [value] : []))).toEqual([
    LEFT_OWNER,
    NO_OWNER,
  ]);

  await world.slack.press(ADMIN, posted, 'assign', { value: LEFT_OWNER });
  const modal = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), { what: 'a modal' });
  expect(JSON.stringify(modal)).toContain('`left@example.com` · 2 credentials (`quarter-end`, `month-end`)');
  await world.slack.submit(ADMIN, modal.viewId, { assigned_person: { person: MEMBER } });
  const told = await direct(world, MEMBER, /^🔔 /);
  expect(told.text).toBe(
    `🔔 <@${ADMIN}> assigned you the reminders for 2 credentials (\`quarter-end\`, \`month-end\`): their owner \`left@example.com\` cannot be notified.`,
  );
  expect(buttonIds(told)).toEqual(['give_back']);
  await world.until(new RegExp(`^☑️ <@${MEMBER}> gets the reminders for 2 credentials`));
  const after = await edited(world, /➡️/);
  expect(after.ts).toBe(posted.ts);
  expect(after.text).toMatch(
    new RegExp(
      `\n➡️ .left@example.com. · 2 left · 🔒 1: .quarter-end., .month-end. · <@${MEMBER}> is notified, assigned by <@${ADMIN}> <!date.+\nNo owner`,
    ),
  );
  // The rest of the digest is unchanged.
  const others = (text: string) => text.split('\n').filter((line) => !line.includes('left@example.com'));
  expect(others(after.text)).toEqual(others(posted.text));
  expect((await world.say(ADMIN, 'history month-end')).text).toContain(
    `<@${ADMIN}> assigned the reminders for \`month-end\` to <@${MEMBER}>`,
  );

  world.clock.advance(26 * DAY);
  expect((await reminder(world, MEMBER)).text).toContain('2 of your credentials must be migrated');
  expect((await digest(world, 2)).text).not.toContain('left@example.com');
});

test.concurrent('a migrator who sends the form after others assigned some credentials is told who has which, and gets the rest', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const posted = await digest(world);
  const forms = await Promise.all(
    [ADMIN, SECOND].map(async (by) => {
      await world.slack.press(by, posted, 'assign', { value: LEFT_OWNER });
      return world.slack.waitFor(() => world.slack.modalOf(by), { what: 'a modal' });
    }),
  );
  await world.slack.submit(SECOND, forms[1]?.viewId ?? '', { assigned_person: { person: MEMBER } });
  await direct(world, MEMBER, /^🔔 /);
  await world.slack.submit(ADMIN, forms[0]?.viewId ?? '', { assigned_person: { person: OWNER } });
  const said = await world.until(/^Nothing was assigned/);
  expect(said.text.split('\n')).toEqual([
    'Nothing was assigned: others were quicker.',
    `➡️ Not changed: <@${MEMBER}> has got the reminders for 2 credentials (\`quarter-end\`, \`month-end\`) meanwhile.`,
  ]);
  // A form opened now shows who has them.
  await world.slack.press(ADMIN, posted, 'assign', { value: LEFT_OWNER });
  const again = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), { what: 'a modal' });
  expect(JSON.stringify(again)).toContain(`<@${MEMBER}> has these now, and will be told whom you choose.`);
  const toOwner = world.slack.messagesSeenBy(OWNER, world.slack.directOf(OWNER)).map(({ text }) => text);
  expect(toOwner.filter((text) => text.startsWith('🔔'))).toEqual([]);
});

test.concurrent('the button of an old digest assigns nothing when Slack knows the owner meanwhile, unless its form says so', async ({
  onTestFinished,
}) => {
  const late = { id: OTHER, name: 'late', realName: 'Late', role: 'owner', email: 'late@example.com', deleted: true };
  const seed = seedOf(credential('month-end', { owner: late.email }), credential('quarter-end', { owner: late.email }));
  const world = await startReminding({ onTestFinished, seed, users: [late] });
  const posted = await digest(world);
  const LATE_OWNER = JSON.stringify({ owner: late.email });
  late.deleted = false;
  world.clock.advance(2 * DAY);
  await assign(world, ADMIN, posted, LATE_OWNER, MEMBER);
  await world.until(new RegExp(`^Nothing was assigned: <@${OTHER}> is notified about these again\\.`));
  await world.slack.press(ADMIN, posted, 'assign', { value: LATE_OWNER });
  const modal = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), { what: 'a modal' });
  expect(JSON.stringify(modal)).toContain(`<@${OTHER}> is notified about these again.`);
  await world.slack.submit(ADMIN, modal.viewId, { assigned_person: { person: MEMBER } });
  const told = await direct(world, MEMBER, /^🔔 /);
  expect(told.text).toContain(`(\`month-end\`, \`quarter-end\`), instead of <@${OTHER}>.`);
  await direct(world, OTHER, new RegExp(`^🔕 You no longer get .+: <@${ADMIN}> assigned them to <@${MEMBER}>`));
});

test.concurrent('giving credentials back leaves them assigned to nobody: the digest asks again, and the person who assigned them is notified', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const posted = await digest(world);
  await assign(world, ADMIN, posted, LEFT_OWNER, MEMBER);
  const told = await direct(world, MEMBER, /^🔔 /);
  await edited(world, /➡️/);
  const given = await world.press(MEMBER, told, 'give_back');
  expect(given.ts).toBe(told.ts);
  expect(given.text).toContain('↩️ You gave back 2 credentials (`quarter-end`, `month-end`).');
  expect(buttonIds(given)).toEqual([]);
  await direct(
    world,
    ADMIN,
    new RegExp(`^↩️ <@${MEMBER}> gave back the reminders for 2 credentials .+, which you had assigned`),
  );
  const pattern =
    /\n`left@example.com` · 2 left · 🔒 1: `quarter-end`, `month-end` · no one active in Slack has this email\n/;
  const again = await edited(world, pattern);
  expect(again.text).not.toContain('➡️');
  expect((await world.say(ADMIN, 'history month-end')).text).toContain(
    `<@${MEMBER}> gave back the reminders for \`month-end\``,
  );
  // As if pressed on a screen that does not show the edit yet.
  expect((await world.forge(MEMBER, 'give_back', buttonsOf(told)[0]?.value ?? '')).text).toContain('You no longer get');
  await world.press(ADMIN, await world.say(ADMIN, 'remind now'), 'remind_now');
  await digest(world, 2);
  expect(reminders(world, MEMBER)).toEqual([]);
});

test.concurrent('giving credentials back is confirmed even when the notice cannot be edited', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await assign(world, ADMIN, await digest(world), LEFT_OWNER, MEMBER);
  const told = await direct(world, MEMBER, /^🔔 /);
  await edited(world, /➡️/);
  world.slack.fail('chat.update', { error: 'edit_window_closed', times: 2 });
  await world.slack.press(MEMBER, told, 'give_back');
  await direct(world, MEMBER, /^↩️ You gave back 2 credentials/);
  expect((await world.say(ADMIN, 'history month-end')).text).toContain('gave back the reminders');
});

test.concurrent('a migrator taking over credentials that somebody has notifies that person, and everybody can see it in the digest', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const posted = await digest(world);
  await assign(world, ADMIN, posted, LEFT_OWNER, MEMBER);
  const first = await direct(world, MEMBER, /^🔔 /);
  const after = await edited(world, /➡️/);
  // Without a choice, the migrator takes them over.
  await assign(world, SECOND, after, LEFT_OWNER, null);
  const said = await direct(world, MEMBER, /^🔕 /);
  expect(said.text).toBe(
    `🔕 You no longer get the reminders for 2 credentials (\`quarter-end\`, \`month-end\`): <@${SECOND}> assigned them to themselves.`,
  );
  await edited(world, new RegExp(`<@${SECOND}> took them over <!date`));
  // The first person can no longer give them back.
  expect((await world.press(MEMBER, first, 'give_back')).text).toContain('You no longer get reminders for these');
  expect(world.slack.messagesSeenBy(SECOND, world.slack.directOf(SECOND))).toEqual([]);
  const own = await world.until(/^☑️ You'll get the reminders for 2 credentials/, DATA, SECOND);
  expect((await world.press(SECOND, own, 'give_back')).text).toContain('↩️ You gave back 2 credentials');
});

test.concurrent('only a migrator may assign, and only to a member, and the reply names what is left unchanged', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const posted = await digest(world);
  const denied = await world.press(MEMBER, { ...posted, ephemeral: true }, 'assign', { value: NO_OWNER });
  expect(denied.text).toContain('You have read-only access.');
  await assign(world, ADMIN, posted, NO_OWNER, GUEST);
  await world.until(new RegExp(`^<@${GUEST}> may not use this: only full members`));
  await assign(world, ADMIN, posted, NO_OWNER, OWNER);
  await direct(world, OWNER, /^🔔 .+ assigned you the reminders for `legacy-export`: it has no owner\./);
  await assign(world, ADMIN, posted, NO_OWNER, OWNER);
  await world.until(new RegExp(`^<@${OWNER}> gets the reminders for these already`));
  world.adobe.migrateElsewhere(credential('month-end').technicalAccountId);
  world.adobe.migrateElsewhere(credential('quarter-end').technicalAccountId);
  world.clock.advance(60);
  await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
  const none = await world.press(ADMIN, { ...posted, ephemeral: true }, 'assign', { value: LEFT_OWNER });
  expect(none.text).toContain('None of these credentials is left to migrate');
  expect((await world.say(ADMIN, 'history')).text).toContain(
    `<@${MEMBER}> wanted to assign reminders and was denied access: read-only access`,
  );
});

test.concurrent('an edit of the digest that Slack rejects at first is made later, and an edit that it rejects permanently is given up', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const posted = await digest(world);
  world.slack.fail('chat.update', { error: 'internal_error' });
  await assign(world, ADMIN, posted, LEFT_OWNER, MEMBER);
  await world.logged('the digest could not be edited; it will be retried');
  await edited(world, /➡️/);
  world.slack.fail('chat.update', { error: 'message_not_found' });
  await assign(world, ADMIN, posted, NO_OWNER, MEMBER);
  await world.logged('Slack accepts no edit of the digest');
  await checked(world);
  expect(world.timesLogged('Slack accepts no edit of the digest')).toBe(1);
});

test.concurrent('a person who may no longer migrate when the form is sent assigns nothing', async ({
  onTestFinished,
}) => {
  const group = [MEMBER];
  const world = await startReminding({ onTestFinished, seed: SEED, group, env: { MIGRATORS: 'S0MIGRATOR' } });
  await world.slack.press(MEMBER, await digest(world), 'assign', { value: NO_OWNER });
  const modal = await world.slack.waitFor(() => world.slack.modalOf(MEMBER), { what: 'a modal' });
  group.length = 0;
  world.clock.advance(61);
  await world.slack.submit(MEMBER, modal.viewId);
  await world.until(/^You have read-only access/, DATA, MEMBER);
  expect((await world.say(ADMIN, 'history')).text).not.toContain('took over');
});
