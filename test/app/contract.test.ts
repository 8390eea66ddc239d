import { describe, expect, onTestFinished, test } from 'vitest';
import { seedOrganisation, technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import type { MethodName } from '../../src/migrations/steps.ts';
import { Referee } from '../contract/referee.ts';
import { ADMIN } from '../support/people.ts';
import { credential, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const NAME = 'airflow-dev';
const OTHER = 'qa-regression';
const READS = [
  ...['accounts', 'bindings', 'integration', 'integrations', 'organizations'],
  ...['queries', 'schedules', 'status', 'token'],
];

/** What people do in each method, and what is sent to Adobe for it. */
const SCENES: Readonly<Record<MethodName, { act: (world: World) => Promise<unknown>; sent: string[] }>> = {
  'query-service': {
    async act(world) {
      await world.migrate(ADMIN, NAME);
      await world.until(MIGRATED);
    },
    sent: ['start'],
  },
  'developer-console': {
    async act(world) {
      await world.migrate(ADMIN, OTHER);
      await world.press(ADMIN, await world.until(/Both credentials exist now.*qa-regression/), 'undo');
      await world.until(/\*Undone\*/);
      await world.migrate(ADMIN, NAME);
      const question = await world.press(ADMIN, await world.until(/Both credentials exist now.*airflow-dev/), 'finish');
      await world.press(ADMIN, question, 'confirm');
      await world.until(MIGRATED);
    },
    sent: ['binding', 'finalize', 'unbinding'],
  },
  'hand-off': {
    async act(world) {
      await world.migrate(ADMIN, NAME);
      await world.until(/Press Migrate in Adobe/);
      world.adobe.migrateElsewhere(technicalAccountIdOf(NAME));
      await world.until(MIGRATED);
    },
    sent: [],
  },
};

describe.each(Object.entries(SCENES))('with the method %s', (method, { act, sent }) => {
  test('every call from the first sync to the end of a migration conforms to what Adobe publishes', async () => {
    const referee = new Referee();
    const env = { ...(await referee.start()), MIGRATION_METHOD: method };
    onTestFinished(() => referee.stop());
    const before = ({ adobe }: { adobe: { url: string } }) => {
      referee.upstream = adobe.url;
    };
    const world = await startWorld({ seed: seedOrganisation(), env, before });

    await world.logged('usage read');
    const list = await world.say(ADMIN, 'list');
    await act(world);
    world.adobe.add(credential('new-one', { consoleId: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' }));
    world.adobe.inConsole(technicalAccountIdOf(OTHER), 'begin');
    const again = await world.press(ADMIN, list, 'list_refresh');

    expect(again.text).toContain('of 20 credentials left');
    expect((await world.say(ADMIN, 'status new-one')).text).toContain('⚪ `new-one` · ');
    expect([...referee.violations]).toEqual([]);
    expect(referee.operations).toEqual([...READS, ...sent].sort());
    const times = (name: string) => referee.exchanges.filter(({ operation }) => operation === name).length;
    expect([times('token'), times('organizations')]).toEqual([1, 1]);
  });
});
