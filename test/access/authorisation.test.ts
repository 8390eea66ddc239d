import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../support/sources.ts';

/** A call of every use case that needs a migrator. */
const CALLS: Readonly<Record<string, string>> = {
  'confirmations.ask': "services.confirmations.ask(person, 'A1', { channel: 'C1', responseUrl: null })",
  'confirmations.find': "services.confirmations.find(person, 'm1')",
  'confirmations.confirm': "services.confirmations.confirm(person, 'm1', { typed: null, responseUrl: null })",
  'confirmations.cancel': "services.confirmations.cancel(person, 'm1', null)",
  'confirmations.decline': "services.confirmations.decline(person, 'm1', 'why')",
  'manualResolution.checkAgain': "services.manualResolution.checkAgain(person, 'm1')",
  'manualResolution.resolve': "services.manualResolution.resolve(person, 'm1')",
  'reminders.preview': 'services.reminders.preview(person, 0)',
  'reminders.startManualRound': "services.reminders.startManualRound(person, 'r1')",
  'assignments.assign':
    "services.assignments.assign(person, { target: { owner: null }, at: new Date(), areHeld: false, notified: null, marks: null }, 'U1')",
  'reminders.pause': 'services.reminders.pause(person, null)',
  'reminders.resume': 'services.reminders.resume(person)',
};

/** People who have not been admitted as migrators. */
const UNAUTHORISED: Readonly<Record<string, string>> = {
  'a user id': 'string',
  'the caller a payload names': 'Caller',
  'a person Slack describes': 'SlackPerson',
  'a member who may not migrate': 'Member',
  'an object of the same shape': '{ id: string; email: null; mayMigrate: true }',
};

/** The names of the calls that compile, each with a person of this type. */
async function compiled(types: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-types-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const calls = types.flatMap((type) => Object.entries(CALLS).map(([name, call]) => ({ type, name, call })));
  const lines = calls.map(
    ({ type, call }, i) =>
      `export const call${i} = (services: Services, person: ${type}): Promise<unknown> => ${call};`,
  );
  const imports = [
    `import type { Caller, Member, Migrator, SlackPerson } from '${ROOT}/src/access/access.ts';`,
    `import type { Services } from '${ROOT}/src/services.ts';`,
  ];
  await writeFile(join(folder, 'calls.mts'), [...imports, ...lines].join('\n'));
  const options = { noUnusedLocals: false, typeRoots: [join(ROOT, 'node_modules/@types')] };
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: options,
      include: [join(folder, 'calls.mts')],
    }),
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false']).catch(
    (failure: { stdout: string }) => failure,
  );
  const errors = stdout.split('\n').filter((line) => line.includes('error TS'));
  // Any other error would make the calls fail for another reason.
  expect(errors.filter((line) => !/calls\.mts\(\d+,\d+\): error TS(2345|2739|2741|2740)/.test(line))).toEqual([]);
  const failed = new Set(errors.map((line) => Number(/calls\.mts\((\d+)/.exec(line)?.[1]) - 1 - imports.length));
  return calls.filter((_, i) => !failed.has(i)).map(({ type, name }) => `${name} with ${type}`);
}

test('a use case that needs a migrator compiles with a migrator and with no one else', async () => {
  const names = Object.keys(CALLS);
  expect(await compiled(['Migrator', ...Object.values(UNAUTHORISED)])).toEqual(
    names.map((name) => `${name} with Migrator`),
  );
});
