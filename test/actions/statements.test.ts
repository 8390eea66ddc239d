import { StatementSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { COMMANDS } from '../../bench/scale.ts';
import { homeFor } from '../../src/actions/home.ts';
import { HomeViewers } from '../../src/actions/home-viewers.ts';
import { subcommands } from '../../src/commands/index.ts';
import { ASKER, PLACE, startWith } from '../migrations/setup.ts';
import { accountId } from '../support/samples.ts';

/** The SQL statements run since the last call: on PostgreSQL, each is a round trip. */
function recordStatements(): () => string[] {
  const { prototype } = StatementSync;
  const { all, run } = prototype;
  let ran: string[] = [];
  const recording = (original: typeof all | typeof run) =>
    function (this: StatementSync, ...parameters: never[]) {
      ran.push(this.sourceSQL);
      return Reflect.apply(original, this, parameters);
    };
  Object.assign(prototype, { all: recording(all), run: recording(run) });
  onTestFinished(() => void Object.assign(prototype, { all, run }));
  return () => {
    const taken = ran;
    ran = [];
    return taken;
  };
}

/** What is typed, and how many statements it runs; bench/scale.ts also times those that run any. */
const READS: Readonly<Record<string, number>> = {
  ...{ list: 3, 'list mine': 2, 'list credential': 3 },
  ...{ status: 2, 'status credential 1': 3, history: 1, chart: 1, faq: 0, help: 0 },
};

test('a read-only command runs at most three statements for a migrator, and a Home nine', async () => {
  const now = await startWith([]);
  for (const number of [1, 2]) now.adobe.add(number, { owner: `owner${number}@example.com` });
  await now.sync.run();
  await now.stores.syncs.noteSync({ triedAt: now.clock.now(), problem: null, unread: [] });
  const person = await now.access.admitMigrator(ASKER, { action: 'list' });
  const taken = recordStatements();
  const counts: Record<string, number> = {};
  for (const typed of Object.keys(READS)) {
    const [name = '', ...args] = typed.split(' ');
    const subcommand = subcommands.find((each) => each.name === name);
    const given = { args: args.join(' '), mentions: new Map<string, string>() };
    const invocation = { person, channel: 'C1', ...given, responseUrl: '', reply: async () => {} };
    await subcommand?.run(invocation, now);
    counts[typed] = taken().length;
  }
  const homes = new HomeViewers({
    ...now,
    publish: async (reader, failedAfter) => void (await homeFor(reader, failedAfter, now)),
  });
  await homes.show(ASKER, person);
  expect({ ...counts, Home: taken().length }).toEqual({ ...READS, Home: 9 });
});

test('the statements of every read-only subcommand are counted here, and the benchmark times each that runs any', () => {
  const reads = subcommands.filter(({ isReadOnly }) => isReadOnly).map(({ name }) => name);
  expect(reads.length).toBeGreaterThan(3);
  expect(
    reads.filter((name) => !(name in READS)),
    'add it to READS here',
  ).toEqual([]);
  const timed = new Set(Object.values(COMMANDS).map((typed) => typed.split(' ', 1)[0]));
  expect(
    reads.filter((name) => (READS[name] ?? 0) > 0 && !timed.has(name)),
    'add it to COMMANDS in bench/scale.ts',
  ).toEqual([]);
});

test('a confirmation runs eleven statements', async () => {
  const now = await startWith([1]);
  const person = await now.access.admitMigrator(ASKER, { action: 'migrate' });
  const asked = await now.confirmations.ask(person, accountId(1), PLACE);
  if (asked.kind !== 'asked') throw new Error(asked.kind);
  const taken = recordStatements();
  await now.confirmations.confirm(person, asked.request.id, { typed: null, responseUrl: null });
  expect(taken()).toHaveLength(11);
});
