import { expect, test } from 'vitest';
import { readableText } from '../../playground/slack/blocks.ts';
import { buttonIds } from '../app/sent.ts';
import { credential, seedOf } from '../app/setup.ts';
import { ADMIN, DATA, MEMBER, OWNER } from '../support/people.ts';
import { checked, digest, digests, reminder, reminders, startReminding } from './setup.ts';

const SEED = seedOf(
  credential('airflow-dev'),
  credential('alerts <!channel>', { sandboxes: ['prod', 'dev'] }),
  credential('bi-nightly', { sandboxes: ['prod'], owner: 'guest@example.com' }),
  credential('month-end', { owner: 'left@example.com' }),
  credential('legacy-export', { owner: null }),
  credential('crm-sync', { state: 'COMPLETED' }),
);

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

test.concurrent('the digest shows the progress, the owners, and the credentials without a reachable owner', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const { text, blocks } = await digest(world);
  expect(text.split('\n')).toEqual([
    'Query Service credentials: 5 left · 30 June 2025 · 56 days left',
    '1 of 6 migrated · 🔒 2 left in production.',
    'After the deadline, JWT credentials no longer refresh or authenticate, and jobs that use them fail.',
    `<@${OWNER}> · 2 left · 🔒 1: \`alerts &lt;!channel&gt;\`, \`airflow-dev\``,
    '*No one was notified about these 3.* A migrator can assign them:',
    '`guest@example.com` · 1 left · 🔒 1: `bi-nightly` · a guest, who may not use this',
    '`left@example.com` · 1 left: `month-end` · no one active in Slack has this email',
    'No owner · 1 left: `legacy-export`',
    expect.stringMatching(/^Synced <!date.+>\. Next digest on 31 May 2025\.$/),
  ]);
  expect(readableText(blocks)).toContain('*No one was notified about these 3.*');
  expect(buttonIds({ blocks })).toEqual(['assign', 'assign', 'assign', 'review', 'migrate_next']);
  await checked(world, 1);
  world.clock.advance(2 * 60 * 60);
  // Further checks call neither Slack nor Adobe.
  const before = [world.adobe.calls.length, world.slack.calls.length];
  await checked(world);
  expect([world.adobe.calls.length, world.slack.calls.length]).toEqual(before);
  expect(digests(world)).toHaveLength(1);
  expect(reminders(world, OWNER)).toHaveLength(1);
});

test.concurrent('Review shows the list to the person who presses it, and Migrate next asks migrators only', async ({
  onTestFinished,
}) => {
  const world = await startReminding({ onTestFinished, seed: SEED });
  const posted = await digest(world);
  const list = await world.press(MEMBER, { ...posted, ephemeral: true }, 'review');
  expect(list).toMatchObject({ ephemeral: true, text: expect.stringContaining('⚪ `legacy-export` · ') });
  expect(list.text).not.toContain('`crm-sync`');
  expect(world.slack.messagesSeenBy(ADMIN, DATA)).toHaveLength(1);

  const refusal = await world.press(MEMBER, { ...posted, ephemeral: true }, 'migrate_next');
  expect(refusal.text).toMatch(
    /^You have read-only access\. To migrate, ask a workspace admin or owner\. Slack lists workspace admins/,
  );
  const question = await world.press(ADMIN, { ...posted, ephemeral: true }, 'migrate_next');
  expect(question.text).toContain('*Migrate `alerts &lt;!channel&gt;`?*');
  expect(world.message(MEMBER, DATA, posted.ts).text).toBe(posted.text);
  await world.expectNothingStarted();
});

test.concurrent('the digest truncates long lists and counts the rest', async ({ onTestFinished }) => {
  const many = (prefix: string, owner: string | null) =>
    Array.from({ length: 30 }, (_, i) => credential(`${prefix}-${String(i).padStart(2, '0')}`, { owner }));
  const seed = seedOf(...many('etl', 'owner@example.com'), ...many('old', null));
  const world = await startReminding({ onTestFinished, seed });
  const { text, blocks } = await digest(world);
  const [, etl = 0] = /`etl-00`.+ and (\d+) more\n/.exec(text) ?? [];
  expect(Number(etl) + count(text, /`etl-\d\d`/g)).toBe(30);
  const [, old = 0] = /`old-00`.+ and (\d+) more\n/.exec(text) ?? [];
  expect(Number(old) + count(text, /`old-\d\d`/g)).toBe(30);
  expect(blocks.length).toBeLessThan(20);
  const own = await reminder(world, OWNER);
  expect(own.text).toContain('30 of your credentials must be migrated by 30 June 2025 · ');
  const [, rest = 0] = /\nand (\d+) more\n/.exec(own.text) ?? [];
  expect(Number(rest) + count(own.text, /• `etl-\d\d`/g)).toBe(30);
  expect([etl, old, rest].map(Number)).not.toContain(0);
});

test.concurrent.for([
  [
    '2025-05-12',
    '7 days left',
    'After the deadline, JWT credentials no longer refresh or authenticate, and jobs that use them fail.',
  ],
  [
    '2025-05-06',
    '1 day left',
    'After the deadline, JWT credentials no longer refresh or authenticate, and jobs that use them fail.',
  ],
  [
    '2025-05-05',
    'last day',
    'After the deadline, JWT credentials no longer refresh or authenticate, and jobs that use them fail.',
  ],
  ['2025-04-25', '10 days overdue', 'JWT credentials no longer refresh or authenticate.'],
] as const)('the digest describes a deadline of %s as "%s"', async ([deadline, words, meaning], { onTestFinished }) => {
  const seed = seedOf(credential('airflow-dev', { owner: null }));
  const world = await startReminding({ onTestFinished, seed, env: { DEADLINE: deadline } });
  const { text } = await digest(world);
  expect(text).toMatch(new RegExp(`^Query Service credentials: 1 left · .+ 2025 · ${words}\n`));
  expect(text).toContain(`\n${meaning}\n`);
});

test.concurrent('owners are reminded even when no channel is set', async ({ onTestFinished }) => {
  const world = await startReminding({ onTestFinished, seed: SEED, env: { REMINDER_CHANNEL: '' } });
  await reminder(world, OWNER);
  await checked(world);
  expect(world.slack.messagesSeenBy(ADMIN, DATA)).toEqual([]);
  expect(reminders(world, OWNER)).toHaveLength(1);
});
