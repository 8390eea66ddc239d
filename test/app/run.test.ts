import { describe, expect, test } from 'vitest';
import type { Fault } from '../../playground/adobe/faults.ts';
import { ADMIN, DATA, MEMBER, SECOND } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const SEED = seedOf(credential('airflow-dev'), credential('etl-dev'), credential('qa-dev'));
const NOT_MIGRATED = /^❌ \*Not migrated\*/;
const ATTENTION = /^⚠️ \*Needs attention\*/;

/** The one message by which everyone sees the migration. */
function progress(world: World) {
  const [message, ...more] = world.slack.messagesSeenBy(MEMBER, DATA);
  expect(more).toEqual([]);
  return message;
}

describe('a confirmed migration', () => {
  test('a migration is one message, edited with the time elapsed, that ends in Migrated', async () => {
    const world = await startWorld({ seed: SEED });
    await world.migrate(ADMIN, 'airflow-dev');

    const started = await world.until(/^⏳ \*Migrating `airflow-dev`\* [▰▱]/);
    expect(started.text).toContain('s of about 40 s.');
    expect(started.text).toContain('sandbox `dev` · owner `owner@example.com` · confirmed by <@U0ADMIN001>');
    expect(buttonIds(started)).toEqual([]);
    await world.until(/▰▰▰.* (16|20|24|28) s of about 40 s/);
    const end = await world.until(MIGRATED);

    expect(end.text).toMatch(/\*Migrated\*: `airflow-dev` <!date\^.*>, after \d+ s\. Its jobs keep running unchanged/);
    expect(end.text).toContain('confirmed by <@U0ADMIN001>');
    expect(end.text).toContain('Its jobs are watched for 24 hours; this thread says how they run.');
    expect(buttonsOf(end).map(({ id, text }) => [id, text])).toEqual([
      ['migrate_next', 'Migrate next: etl-dev (2 left)'],
      ['open_adobe', 'Open in Adobe'],
    ]);
    expect([started.ts, end.ts]).toEqual([progress(world)?.ts, progress(world)?.ts]);
    expect((await world.say(ADMIN, 'list migrated')).text).toContain('`airflow-dev` · *Migrated*');
  });

  test('a migration that takes longer than usual says so and is still watched', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATION_EXPECTED_SECONDS: '10' } });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(/s of about 10 s\. Longer than usual, still watching/);
    await world.until(MIGRATED);
  });

  test('the end offers the next credential with a button that asks first', async () => {
    const world = await startWorld({ seed: SEED });
    await world.migrate(ADMIN, 'airflow-dev');
    const end = await world.until(MIGRATED);

    const asking = () => world.slack.press(SECOND, end, 'migrate_next');
    const question = await world.reaction(SECOND, DATA, asking, { ephemeral: true });

    expect(question.text).toContain('*Migrate `etl-dev`?*');
    expect(world.adobe.starts).toHaveLength(1);
    const refusing = () => world.slack.press(MEMBER, end, 'migrate_next');
    const refusal = await world.reaction(MEMBER, DATA, refusing, { ephemeral: true });
    expect(refusal.text).toContain('You have read-only access');
  });

  test('Migrate next asks about the credential that its button names, and about another once that one cannot be migrated', async () => {
    const world = await startWorld({ seed: SEED });
    const { technicalAccountId: value } = credential('qa-dev');
    const press = () => world.slack.forgePress(ADMIN, { action_id: 'migrate_next', value }, { channel: { id: DATA } });
    await press();
    await world.until(/^\*Migrate `qa-dev`\?\*/);
    world.adobe.remove(value);
    await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
    await press();
    await world.until(/^\*Migrate `airflow-dev`\?\*/);
  });

  test('a migration waits in the queue while another runs, and shows its place', async () => {
    const world = await startWorld({ seed: SEED });
    await world.migrate(ADMIN, 'airflow-dev');
    world.clock.advance(1);
    await world.migrate(SECOND, 'etl-dev');
    world.clock.advance(1);
    await world.migrate(SECOND, 'qa-dev');

    const waiting = await world.until(/\*Queued\*: `qa-dev`, 2 ahead/);
    const second = await world.until(/\*Queued\*: `etl-dev`, 1 ahead/);
    expect(world.adobe.starts).toHaveLength(1);
    const { text } = await world.say(MEMBER, 'status');
    expect(text).toMatch(
      /⏳ `airflow-dev` migrating, started <!date\^\d+\^\{ago\}\|[^>]+> · confirmed by <@U0ADMIN001>/,
    );
    expect(text).toContain('🕓 `etl-dev` queued · confirmed by <@U0ADMIN002>');
    await world.until(/\*Queued\*: `qa-dev`, 1 ahead/);
    const end = await world.until(/^✅ \*Migrated\*: `qa-dev`/);

    expect(end.ts).toBe(waiting.ts);
    expect(world.message(MEMBER, DATA, second.ts).text).toMatch(MIGRATED);
    const order = ['airflow-dev', 'etl-dev', 'qa-dev'].map((name) => credential(name).technicalAccountId);
    expect(world.adobe.starts.map(({ technicalAccountId }) => technicalAccountId)).toEqual(order);
    const [first, next] = world.adobe.starts.map(({ at }) => at.getTime());
    expect(Number(next) - Number(first)).toBeGreaterThanOrEqual(40_000);
  });
});

describe('a start that Adobe refuses', () => {
  const said = (message: string) => ({ error_code: '403999', message });
  test.each<[number, unknown, readonly string[]]>([
    [400, { status: 400, detail: 'Account is locked' }, ['Adobe refused to', '`Account is locked`', 'ask again']],
    [403, said('No <!here> admin'), ['AEP admin verification failed', '`No &lt;!here&gt; admin`', 'admin rights']],
    [404, undefined, ['Adobe returned `404` when', '`ADOBE_MIGRATE_PATH`', '`MIGRATION_METHOD=hand-off`']],
    [405, undefined, ['Adobe returned `405` when', '`ADOBE_MIGRATE_PATH`', '`MIGRATION_METHOD=hand-off`']],
    [429, said('Slow down'), ["Adobe's rate limit was reached (`429 403999`)", 'Try again in a minute']],
  ])('with %i ends in Not migrated, with the reason and what to do', async (status, body, words) => {
    const world = await startWorld({ seed: SEED });
    world.adobe.faults.add({ on: 'start', kind: 'status', status, body });
    await world.migrate(ADMIN, 'airflow-dev');

    const end = await world.until(NOT_MIGRATED);

    for (const each of [...words, 'Nothing was started.']) expect(end.text).toContain(each);
    expect(end.ts).toBe(progress(world)?.ts);
    expect(buttonIds(end)).toEqual([[403, 404, 405].includes(status) ? 'finish_in_adobe' : 'migrate', 'open_adobe']);
    expect(startCalls(world)).toBe(1);
    const { text } = await world.say(ADMIN, 'status airflow-dev');
    expect(text).toContain('⚪');
    expect(text).toContain(`*not migrated*. ${words[0]}`);
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);
  });
});

test('a migration that Adobe refused can be asked for again with a button, which sends nothing', async () => {
  const world = await startWorld({ seed: SEED });
  world.adobe.faults.add({ on: 'start', kind: 'status', status: 429 });
  await world.migrate(ADMIN, 'airflow-dev');
  const end = await world.until(NOT_MIGRATED);
  expect(buttonsOf(end).map(({ text }) => text)).toEqual(['Try again', 'Open in Adobe']);
  const question = await world.reaction(SECOND, DATA, () => world.slack.press(SECOND, end, 'migrate'), {
    ephemeral: true,
  });
  expect(question.text).toContain('*Migrate `airflow-dev`?*');
  expect(startCalls(world)).toBe(1);
});

describe('a start without a clear response', () => {
  test.each<[string, Fault]>([
    ['is lost', { kind: 'lose-response' }],
    ['breaks off', { kind: 'half-response' }],
    ['comes late', { kind: 'slow', ms: 200 }],
  ])('a start whose response %s continues from Adobe’s state, and is never sent again', async (_, fault) => {
    const world = await startWorld({ seed: SEED });
    world.adobe.faults.add({ on: 'start', ...fault });
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(MIGRATED);
    expect(startCalls(world)).toBe(1);
  });

  test.each<[string, Fault, string]>([
    ['500', { kind: 'status', status: 500 }, 'Adobe failed to start a migration (`500`)'],
    ['409', { kind: 'status', status: 409 }, 'Adobe refused to start a migration (`409`)'],
    ['a closed connection', { kind: 'hang', ms: 1 }, "Adobe's response was lost"],
    ['silence', { kind: 'hang', ms: 60_000 }, "Adobe's state is inconclusive (not started)"],
  ])(
    'a start to which Adobe responds with %s needs attention after the timeout, is never sent again, and still shows its end',
    async (_, fault, words) => {
      const world = await startWorld({ seed: SEED, env: { MIGRATION_TIMEOUT_SECONDS: '60' } });
      world.adobe.faults.add({ on: 'start', ...fault });
      await world.migrate(ADMIN, 'airflow-dev');

      const end = await world.until(ATTENTION);

      expect(end.text).toContain("Check it in Adobe's Credentials tab before anything else");
      expect(end.text).toContain('the start was sent once and will not be sent again');
      expect(end.text).toContain(words);
      expect(buttonIds(end)).toEqual(['check_again', 'mark_resolved', 'open_adobe']);
      expect(end.text).toMatch(/unknown: .+\n1\. Check it in .+\n2\. \*Check again\* .+\n3\. \*Mark as resolved\* /);
      expect((await world.say(ADMIN, 'list')).text).toContain('`airflow-dev` · *Needs attention*');
      expect(startCalls(world)).toBe(1);
      world.adobe.migrateElsewhere(credential('airflow-dev').technicalAccountId);
      world.clock.advance(60);
      await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
      expect((await world.until(MIGRATED)).ts).toBe(end.ts);
    },
  );
});

/** How many requests to start a migration Adobe got. */
function startCalls(world: World): number {
  return world.adobe.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/migrate')).length;
}
