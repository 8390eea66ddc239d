import { describe, expect, test } from 'vitest';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { ADMIN, DATA, MEMBER, SECOND } from '../support/people.ts';
import { openHome } from './homes.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const SEED = seedOf(credential('airflow-dev'), credential('etl-dev'), credential('bi-dev'));
const MIGRATING = /^⏳ \*Migrating `airflow-dev`\*/;
const SLOW = { MIGRATION_TIMEOUT_SECONDS: '3600' };

function addressOf({ channel, ts }: Pick<SeenMessage, 'channel' | 'ts'>): string {
  return `/archives/${channel}/p${ts.replace('.', '')}`;
}

/** Waits until the link to a message is stored: then the status shows it to the person who confirmed. */
async function linked(world: World, name: string, channel = DATA): Promise<SeenMessage> {
  for (;;) {
    const status = await world.say(ADMIN, `status ${name}`, channel);
    if (status.text.includes('|Its message>')) return status;
  }
}

describe('the message that shows the progress of a migration', () => {
  test('is linked from status, the Home and the reply to a person who asks again', async () => {
    const world = await startWorld({ seed: SEED, env: SLOW, migrationSeconds: 3_000 });
    await world.migrate(ADMIN, 'airflow-dev');
    const address = addressOf(await world.until(MIGRATING));
    await linked(world, 'airflow-dev');
    const calls = world.slack.calls.filter(({ method }) => method === 'chat.getPermalink').length;

    const all = await world.say(MEMBER, 'status');
    expect(all.text).toMatch(/⏳ `airflow-dev` migrating, .* · confirmed by <@U0ADMIN001> · <http/);
    expect(all.text).toContain(`${address}|progress>`);
    const one = await world.say(MEMBER, 'status airflow-dev');
    expect(one.text).toContain(`${address}|Its message> shows its progress.`);
    const again = await world.say(SECOND, 'migrate airflow-dev');
    expect(again.text).toContain(`${address}|Its message> shows its progress. Your request started nothing.`);
    expect(JSON.stringify((await openHome(world, MEMBER)).blocks)).toContain(`${address}|progress>`);
    expect(world.slack.calls.filter(({ method }) => method === 'chat.getPermalink')).toHaveLength(calls);
    expect(calls).toBe(1);
  });

  test('is linked after the migration has ended', async () => {
    const world = await startWorld({ seed: SEED });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);
    const { text } = await linked(world, 'airflow-dev');
    expect(text).toContain('|Its message> shows how it ended.');
  });

  test('is linked only for its recipient if it is a direct message', async () => {
    const world = await startWorld({ seed: SEED, env: SLOW, migrationSeconds: 3_000 });
    const direct = world.slack.directOf(ADMIN);
    await world.migrate(ADMIN, 'airflow-dev', direct);
    const address = addressOf(await world.until(MIGRATING, direct, ADMIN));
    const { text } = await linked(world, 'airflow-dev');
    expect(text).toContain(`${address}|Its message>`);
    for (const typed of ['status', 'status airflow-dev', 'migrate airflow-dev'])
      expect((await world.say(SECOND, typed)).text).not.toContain('/archives/');
    expect(JSON.stringify((await openHome(world, SECOND)).blocks)).not.toContain('/archives/');
  });

  test('is linked after a restart', async () => {
    const world = await startWorld({ seed: SEED, env: SLOW, migrationSeconds: 3_000, onDisk: true });
    await world.migrate(ADMIN, 'airflow-dev');
    const address = addressOf(await world.until(MIGRATING));
    await linked(world, 'airflow-dev');
    await world.stop();
    await world.start();
    expect((await world.say(SECOND, 'migrate airflow-dev')).text).toContain(`${address}|Its message>`);
  });
});
