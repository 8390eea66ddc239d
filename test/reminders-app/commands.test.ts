import { expect, test } from 'vitest';
import { readableText } from '../../playground/slack/blocks.ts';
import { buttonsOf } from '../app/sent.ts';
import { credential, seedOf } from '../app/setup.ts';
import type { World } from '../app/world.ts';
import { ADMIN, DATA, MEMBER, OWNER } from '../support/people.ts';
import { checked, DAY, digest, digests, reminder, reminders, startReminding } from './setup.ts';

const SEED = seedOf(
  credential('airflow-dev'),
  credential('bi-nightly', { owner: 'left@example.com' }),
  credential('crm-sync', { owner: null, sandboxes: ['prod'] }),
);
/** No window has begun by the test's first day. */
const NOT_YET = { REMINDER_DAYS: '30' };

function posts(world: World): number {
  return world.slack.calls.filter(({ method }) => method === 'chat.postMessage').length;
}

async function homeOf(world: World, userId: string): Promise<string> {
  const before = world.slack.homeOf(userId)?.hash;
  await world.slack.openHome(userId);
  const home = await world.slack.waitFor(
    () => {
      const now = world.slack.homeOf(userId);
      return now?.hash === before ? null : now;
    },
    { what: 'a Home' },
  );
  return readableText(home.blocks);
}

test.concurrent('remind preview shows what would be sent now and to whom, and sends nothing', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: NOT_YET });
  const preview = await world.say(ADMIN, 'remind preview');
  expect(preview).toMatchObject({ ephemeral: true, text: readableText(preview.blocks) });
  expect(preview.text.split('\n')).toEqual([
    '👁️ *Preview: nothing is sent.* No reminder is due yet. The next is on 31 May 2025.',
    'Query Service credentials: 3 left · 30 June 2025 · 56 days left',
    '0 of 3 migrated · 🔒 1 left in production.',
    expect.stringContaining('After the deadline'),
    `<@${OWNER}> · 1 left: \`airflow-dev\``,
    '*No one is notified about these 2.* A migrator can assign them:',
    '`left@example.com` · 1 left: `bi-nightly` · no one active in Slack has this email',
    'No owner · 1 left · 🔒 1: `crm-sync`',
    'A direct message goes to 1 person.',
    expect.stringContaining('Synced '),
  ]);
  expect(posts(world)).toBe(0);
  world.clock.advance(26 * DAY);
  await digest(world);
  await checked(world, 1);
  expect((await world.say(ADMIN, 'remind preview')).text).toContain(
    'The reminder of 31 May 2025 (30 days left) was sent. The next is on ',
  );
});

test.concurrent('remind now asks for confirmation and sends once, however often its button is pressed', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: NOT_YET });
  const question = await world.say(ADMIN, 'remind now');
  expect(question).toMatchObject({ ephemeral: true, text: expect.stringContaining('Send reminders now?') });
  const [button] = buttonsOf(question);
  expect(button).toMatchObject({ id: 'remind_now', text: 'Send now', dialog: expect.any(Object) });
  await checked(world, 1);
  expect(posts(world)).toBe(0);

  await Promise.all([1, 2, 3].map(() => world.slack.press(ADMIN, question, 'remind_now')));
  await digest(world);
  await reminder(world, OWNER);
  await world.forge(ADMIN, 'remind_now', button?.value ?? '');
  await checked(world);
  expect(digests(world)).toHaveLength(1);
  expect(reminders(world, OWNER)).toHaveLength(1);
  const { text } = await world.say(ADMIN, 'history');
  expect(text.match(/sent reminders manually/g)).toHaveLength(1);
});

test.concurrent('remind now sends another round after the window was served, and the next window is served as planned', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  await digest(world);
  await world.press(ADMIN, await world.say(ADMIN, 'remind now'), 'remind_now');
  await digest(world, 2);
  await reminder(world, OWNER, 2);
  await checked(world);
  expect(digests(world)).toHaveLength(2);
  world.clock.advance(26 * DAY);
  await digest(world, 3);
  await checked(world);
  expect(reminders(world, OWNER)).toHaveLength(3);
});

test.concurrent('remind pause stops reminders until remind resume, and shows in the digest, the preview and the Home', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: NOT_YET });
  expect(await homeOf(world, MEMBER)).not.toContain('Reminders are paused');
  const line =
    /^⏸️ Reminders are paused until further notice, by <@U0ADMIN001> <!date.+>\. Run `\/qs-creds remind resume` to resume them\.$/m;
  expect((await world.say(ADMIN, 'remind pause')).text).toMatch(line);
  expect(await homeOf(world, MEMBER)).toMatch(line);
  expect((await world.say(ADMIN, 'remind preview')).text).toMatch(line);
  world.clock.advance(26 * DAY);
  await checked(world);
  expect(posts(world)).toBe(0);

  // A manual round is sent despite the pause, and serves the window that was held back.
  await world.press(ADMIN, await world.say(ADMIN, 'remind now'), 'remind_now');
  expect((await digest(world)).text).toMatch(line);
  await reminder(world, OWNER);

  expect((await world.say(ADMIN, 'remind resume')).text).toBe('▶️ Reminders are sent again.');
  expect((await world.say(ADMIN, 'remind resume')).text).toBe('Reminders are not paused.');
  await checked(world);
  expect(await homeOf(world, MEMBER)).not.toContain('Reminders are paused');
  expect(digests(world)).toHaveLength(1);
  expect(reminders(world, OWNER)).toHaveLength(1);
  const { text } = await world.say(ADMIN, 'history');
  expect(text).toContain('<@U0ADMIN001> paused the reminders');
  expect(text.match(/resumed the reminders/g)).toHaveLength(1);
});

test.concurrent('remind resume serves the window that was held back', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: NOT_YET });
  await world.say(ADMIN, 'remind pause');
  world.clock.advance(27 * DAY);
  await checked(world);
  await world.say(ADMIN, 'remind resume');
  expect((await digest(world)).text).toContain('29 days left');
  await checked(world);
  expect(digests(world)).toHaveLength(1);
});

test.concurrent('remind pause with a day ends automatically on that day', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: NOT_YET });
  const paused = await world.say(ADMIN, 'remind pause 2025-07-01');
  expect(paused.text).toContain('Reminders are paused until 1 July 2025, by <@U0ADMIN001>');
  expect(await homeOf(world, OWNER)).toContain('Reminders are paused until 1 July 2025');
  expect((await world.say(ADMIN, 'history')).text).toContain('paused the reminders until 1 July 2025');
  // 30 June: the last day.
  world.clock.advance(56 * DAY);
  await checked(world);
  expect(posts(world)).toBe(0);
  world.clock.advance(DAY);
  expect((await digest(world)).text).toContain('1 day overdue');
  expect(await homeOf(world, OWNER)).not.toContain('Reminders are paused');
});

test.concurrent('remind pause rejects a day that is not in the future, and remind explains unknown subcommands', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: NOT_YET });
  for (const day of ['nonsense', '2025-02-30', '2025-05-05', '2024-12-31', '01.07.2025']) {
    const { text } = await world.say(ADMIN, `remind pause ${day}`);
    expect(text, day).toContain('The day must be in the future.');
  }
  for (const what of ['', ' never', ' pause until tomorrow']) {
    const { text } = await world.say(ADMIN, `remind${what}`);
    expect(text, what).toContain('`/qs-creds remind preview` shows what would be sent');
  }
  expect(await homeOf(world, ADMIN)).not.toContain('Reminders are paused');
  expect((await world.say(ADMIN, 'history')).text).toContain('Nothing has happened yet.');
});

test.concurrent('remind is available to migrators only', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: NOT_YET });
  const before = world.slack.messagesSeenBy(MEMBER, DATA).length;
  for (const what of ['preview', 'now', 'pause', 'pause 2025-07-01', 'resume', '']) {
    const { text } = await world.say(MEMBER, `remind ${what}`);
    const words =
      /^You have read-only access\. To manage the reminders, ask a workspace admin or owner\. Slack lists workspace admins/;
    expect(text, what).toMatch(words);
  }
  expect(world.slack.messagesSeenBy(MEMBER, DATA)).toHaveLength(before + 6);
  expect((await world.forge(MEMBER, 'remind_now', 'a-round')).text).toContain('read-only access');
  await checked(world);
  expect(posts(world)).toBe(1);
  expect((await world.say(ADMIN, 'history')).text).toContain(
    '<@U0MEMBER01> wanted to manage the reminders and was denied access',
  );
  expect((await world.say(MEMBER, 'help')).text).not.toContain('remind');
  expect((await world.say(ADMIN, 'help')).text).toContain('/qs-creds remind preview|now|pause [until]|resume');
});
