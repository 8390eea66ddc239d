import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FEATURES, filesOf, type Import, importsOf, linesWith, partOf, read, SOURCES } from '../support/sources.ts';

const IMPORTS = SOURCES.flatMap(importsOf);

/** The folders of src from which each folder may import, besides itself. Files directly in src connect them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  credentials: [...FEATURES, 'lib'],
  usage: [...FEATURES, 'lib'],
  trend: [...FEATURES, 'lib'],
  watch: [...FEATURES, 'lib'],
  holds: [...FEATURES, 'lib'],
  notices: [...FEATURES, 'lib'],
  'owner-asks': [...FEATURES, 'lib'],
  migrations: [...FEATURES, 'lib'],
  reminders: [...FEATURES, 'lib'],
  access: [...FEATURES, 'lib'],
  audit: [...FEATURES, 'lib'],
  adobe: [...FEATURES, 'lib'],
  db: [...FEATURES, 'lib'],
  config: ['access', 'adobe', 'db', 'lib', 'migrations', 'slack'],
  http: [...FEATURES, 'lib'],
  slack: [...FEATURES, 'lib'],
  commands: [...FEATURES, 'lib', 'slack', 'services.ts'],
  actions: [...FEATURES, 'lib', 'slack', 'services.ts', 'commands'],
  jobs: [...FEATURES, 'lib', 'services.ts'],
  backup: [...FEATURES, 'config', 'db', 'lib', 'slack'],
  doctor: [...FEATURES, 'adobe', 'config', 'db', 'lib', 'slack'],
};

/** The only files with SQL, besides the folder db. */
const STORE = /(^|[/-])store\.ts$/;

/** Files without side effects: data, decisions and texts. */
const PURE = [
  'src/access/person.ts',
  'src/audit/audit-entry.ts',
  'src/audit/chain.ts',
  'src/audit/verification.ts',
  'src/credentials/adobe-codes.ts',
  'src/credentials/adobe-error.ts',
  'src/credentials/credential.ts',
  'src/credentials/first-reading.ts',
  'src/holds/days.ts',
  'src/holds/hold.ts',
  'src/lib/calendar.ts',
  'src/lib/connection-fault.ts',
  'src/lib/csv.ts',
  'src/migrations/adobe-page.ts',
  'src/migrations/channel-id.ts',
  'src/migrations/confirmation-phrase.ts',
  'src/migrations/message-link.ts',
  'src/migrations/migration.ts',
  'src/migrations/new-request.ts',
  'src/migrations/progress-state.ts',
  'src/migrations/seen-impact.ts',
  'src/migrations/steps.ts',
  'src/migrations/verdicts.ts',
  'src/notices/notice.ts',
  'src/reminders/assignment.ts',
  'src/reminders/offer.ts',
  'src/reminders/owner-group.ts',
  'src/reminders/ports.ts',
  'src/reminders/windows.ts',
  'src/trend/trend.ts',
  'src/usage/cron-times.ts',
  'src/usage/failing.ts',
  'src/usage/impact.ts',
  'src/usage/triage.ts',
  'src/usage/usage.ts',
  'src/watch/watch.ts',
  'src/slack/escaping.ts',
  'src/slack/ids.ts',
  ...SOURCES.filter((file) => file.startsWith('src/slack/messages/')),
].filter((file) => SOURCES.includes(file));

/** Libraries that only compute as they are used here, without the clock or the network. */
const PURE_LIBRARIES = ['node:crypto', 'croner'];

function inWords({ from, to }: Import): string {
  return `${from} imports ${to}`;
}

test('the sources of src and their imports are found', () => {
  expect(SOURCES.length).toBeGreaterThan(50);
  expect(IMPORTS.length).toBeGreaterThan(200);
  expect(IMPORTS.find(({ from, isOurs }) => isOurs && from === 'src/slack/messages/picker.ts')).toEqual({
    from: 'src/slack/messages/picker.ts',
    to: 'src/credentials/credential.ts',
    isOurs: true,
    onlyTypes: true,
    values: [],
  });
});

describe('imports of src', () => {
  const folders = [...new Set(SOURCES.map(partOf))].filter((part) => !part.endsWith('.ts'));

  test('every folder of src has a rule', () => {
    expect(folders.sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test.each(folders)('src/%s imports only the folders it may', (folder) => {
    const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
    const wrong = IMPORTS.filter(
      ({ from, to, isOurs }) => isOurs && partOf(from) === folder && !allowed.includes(partOf(to)),
    )
      // A feature's store knows the database.
      .filter(({ from, to }) => !(STORE.test(from) && partOf(to) === 'db'))
      // Slack's receiver listens through our own server, by the server's type.
      .filter(({ to, onlyTypes }) => !(folder === 'slack' && to === 'src/http/server.ts' && onlyTypes));
    expect(wrong.map(inWords)).toEqual([]);
  });

  test('only the folder db and files named store.ts or …-store.ts contain SQL', () => {
    const wrong = IMPORTS.filter(
      ({ from, to, values }) => to === 'kysely' && values.length > 0 && partOf(from) !== 'db',
    ).filter(({ from }) => from !== 'src/app.ts' && !STORE.test(from));
    expect(wrong.map(inWords)).toEqual([]);
  });

  test('src imports nothing from the playground or the tests', () => {
    expect(IMPORTS.filter(({ to, isOurs }) => isOurs && !to.startsWith('src/')).map(inWords)).toEqual([]);
  });

  test('slack imports from use cases only types and the errors it translates', () => {
    const ERRORS = ['AccessDenied', 'LookupError', 'RateLimitedError', 'ResponseLostError', 'StartError'];
    const wrong = IMPORTS.filter(
      ({ from, to }) => partOf(from) === 'slack' && FEATURES.includes(partOf(to)) && !PURE.includes(to),
    ).filter(({ values }) => values.some((name) => !ERRORS.includes(name)));
    expect(wrong.map(inWords)).toEqual([]);
  });

  test('pure files import only pure files and types', () => {
    const wrong = IMPORTS.filter(({ from }) => PURE.includes(from)).filter(
      ({ to, values }) => values.length > 0 && !PURE.includes(to) && !PURE_LIBRARIES.includes(to),
    );
    expect(PURE.length).toBeGreaterThan(20);
    expect(wrong.map(inWords)).toEqual([]);
  });

  test('config imports only types from the folders that its settings are for', () => {
    const wrong = IMPORTS.filter(
      ({ from, to, isOurs, onlyTypes }) => isOurs && !onlyTypes && partOf(from) === 'config' && partOf(to) !== 'config',
    );
    expect(wrong.map(inWords)).toEqual([]);
  });

  test('no imports form a circle', () => {
    expect(circleIn(new Map(SOURCES.map((file) => [file, targetsOf(file)])))).toEqual([]);
  });

  test('no imports of the playground form a circle, its page included', () => {
    const files = filesOf('playground').filter((file) => /\.(ts|js)$/.test(file));
    const graph = new Map(files.map((file) => [file, playgroundTargetsOf(file)]));
    expect(graph.get('playground/page/app.js')).toContain('playground/page/modal.js');
    // Imports of types by JSDoc count as well.
    expect(graph.get('playground/page/panel/panel.js')).toContain('playground/panel/contract.ts');
    expect(circleIn(graph)).toEqual([]);
  });

  test('a circle of imports would be found', () => {
    expect(
      circleIn(
        new Map([
          ['a', ['b', 'c']],
          ['b', []],
          ['c', ['d']],
          ['d', ['a']],
        ]),
      ),
    ).toEqual(['a', 'c', 'd', 'a']);
  });
});

function targetsOf(file: string): string[] {
  return IMPORTS.filter(({ from, isOurs }) => isOurs && from === file).map(({ to }) => to);
}

/** What a file of the playground imports of it, types and JSDoc's `@import` included. */
function playgroundTargetsOf(file: string): string[] {
  const inJsDoc = [...read(file).matchAll(/@import .* from '(\.[^']+)'/g)].map(([, target = '']) =>
    posix.join(posix.dirname(file), target),
  );
  const imported = importsOf(file)
    .filter(({ isOurs }) => isOurs)
    .map(({ to }) => to);
  return [...imported, ...inJsDoc].filter((target) => target.startsWith('playground/'));
}

/** The first circle among these imports, from a file back to itself; empty when there is none. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  function walk(file: string, path: readonly string[]): string[] {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const circle = walk(next, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  }
  for (const file of graph.keys()) {
    const circle = walk(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('time, settings and output of src', () => {
  const pure = SOURCES.filter((file) => FEATURES.includes(partOf(file)));

  test('use cases do not read the clock of the machine', () => {
    expect(linesWith(/\bDate\.now\(|\bnew Date\(\)|\bperformance\.|\bMath\.random\(/, pure)).toEqual([]);
  });

  test('use cases set no timers', () => {
    expect(linesWith(/\bset(Timeout|Interval|Immediate)\(|node:timers|process\.nextTick/, pure)).toEqual([]);
  });

  test('nothing in src prints except through the log', () => {
    expect(linesWith(/\bconsole\.(log|info|warn|error|debug|trace|table|dir)\(/, SOURCES)).toEqual([]);
  });

  test('only src/main.ts, src/doctor.ts and src/config read the environment', () => {
    const others = SOURCES.filter((file) => !/^src\/(main|doctor)\.ts$/.test(file) && partOf(file) !== 'config');
    expect(others.length).toBeLessThan(SOURCES.length - 3);
    expect(linesWith(/process\.env|process\['env'\]|\benv\b.*from 'node:process'/, others)).toEqual([]);
  });
});
