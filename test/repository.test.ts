import { describe, expect, test } from 'vitest';
import { filesOf, type Import, importsOf, linesWith } from './sources.ts';

const SOURCES = filesOf('src').filter((file) => file.endsWith('.ts'));
const IMPORTS = SOURCES.flatMap(importsOf);

/** What each folder of src may import of ours, besides itself (DESIGN: Layout). Files right in src put it together. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  services: ['domain'],
  adobe: ['domain', 'services'],
  store: ['domain', 'services'],
  config: [],
  http: ['domain', 'services', 'log.ts'],
  slack: ['domain', 'services'],
  replies: ['domain', 'services', 'slack'],
  commands: ['domain', 'services', 'slack', 'replies'],
  actions: ['domain', 'services', 'slack', 'replies'],
  jobs: ['domain', 'services'],
};

/** The folder below src a file is in, or the file's own name. */
function partOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function inWords({ from, to }: Import): string {
  return `${from} imports ${to}`;
}

test('there is something to look at', () => {
  expect(SOURCES.length).toBeGreaterThan(50);
  expect(IMPORTS.length).toBeGreaterThan(200);
  expect(IMPORTS.find(({ from }) => from === 'src/slack/respond.ts')).toEqual({
    from: 'src/slack/respond.ts',
    to: 'src/slack/views/blocks.ts',
    isOurs: true,
    onlyTypes: true,
    values: [],
  });
});

describe('imports go one way', () => {
  const folders = [...new Set(SOURCES.map(partOf))].filter((part) => !part.endsWith('.ts'));

  test('every folder of src has a rule here', () => {
    expect(folders.sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test.each(folders)('src/%s imports no more of ours than it may', (folder) => {
    const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
    const wrong = IMPORTS.filter(
      ({ from, to, isOurs }) => isOurs && partOf(from) === folder && !allowed.includes(partOf(to)),
    )
      // How Slack's requests come in by our own server: the server's word for it.
      .filter(({ to, onlyTypes }) => !(folder === 'slack' && to === 'src/http/server.ts' && onlyTypes));
    expect(wrong.map(inWords)).toEqual([]);
  });

  test('src imports nothing of the playground or the tests', () => {
    expect(IMPORTS.filter(({ to, isOurs }) => isOurs && !to.startsWith('src/')).map(inWords)).toEqual([]);
  });

  test('of services, slack takes types and the errors it knows', () => {
    const ERRORS = ['Refused', 'SlowDown', 'StartError'];
    const wrong = IMPORTS.filter(
      ({ from, to }) => partOf(from) === 'slack' && partOf(to) === 'services',
    ).filter(({ values }) => values.some((name) => !ERRORS.includes(name)));
    expect(wrong.map(inWords)).toEqual([]);
  });

  test('views are pure: of packages and services they know types alone, of slack the ids and the escaping', () => {
    const views = IMPORTS.filter(({ from }) => from.startsWith('src/slack/views/'));
    const pure = ['src/slack/ids.ts', 'src/slack/text.ts'];
    const wrong = views.filter(({ to, isOurs, values }) => {
      if (!isOurs) return to !== '@slack/types' || values.length > 0;
      if (partOf(to) === 'services') return values.length > 0;
      return partOf(to) !== 'domain' && !to.startsWith('src/slack/views/') && !pure.includes(to);
    });
    expect(views.length).toBeGreaterThan(20);
    expect(wrong.map(inWords)).toEqual([]);
  });

  test('the domain imports no package and no part of Node', () => {
    expect(IMPORTS.filter(({ from, isOurs }) => partOf(from) === 'domain' && !isOurs).map(inWords)).toEqual(
      [],
    );
  });

  test('no file imports itself by way of others', () => {
    expect(circleIn(new Map(SOURCES.map((file) => [file, targetsOf(file)])))).toEqual([]);
  });

  test('a circle would be found', () => {
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

describe('time, settings and output come in from outside', () => {
  const pure = SOURCES.filter((file) => ['domain', 'services'].includes(partOf(file)));

  test('domain and services ask no clock of the machine', () => {
    expect(linesWith(/\bDate\.now\(|\bnew Date\(\)|\bperformance\.|\bMath\.random\(/, pure)).toEqual([]);
  });

  test('domain and services set no timer', () => {
    // A shutdown waits for real, however a test or the playground moves the clock.
    const others = pure.filter((file) => file !== 'src/services/work.ts');
    expect(linesWith(/\bset(Timeout|Interval|Immediate)\(|node:timers|process\.nextTick/, others)).toEqual(
      [],
    );
  });

  test('nothing in src prints past the log', () => {
    expect(linesWith(/\bconsole\.(log|info|warn|error|debug|trace|table|dir)\(/, SOURCES)).toEqual([]);
  });

  test('only what an operator runs sees the environment: the app and the verification of the audit trail', () => {
    const entries = ['src/main.ts', 'src/audit-verify.ts'];
    expect(SOURCES).toEqual(expect.arrayContaining(entries));
    const seen = SOURCES.filter((file) => !entries.includes(file));
    expect(linesWith(/process\.env|process\['env'\]|\benv\b.*from 'node:process'/, seen)).toEqual([]);
  });
});
