import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf, importsOf, linesWith, ROOT, read } from '../support/sources.ts';

const MAX_LINES = 300;

const CODE = filesOf('src', 'playground', 'test', 'tools').filter((file) => /\.(ts|js|css|html)$/.test(file));
const SCRIPTS = CODE.filter((file) => /\.(ts|js)$/.test(file));
const TEXTS = filesOf('.').filter((file) =>
  /\.(ts|js|css|html|md|json|yml|yaml)$|(^|\/)\.?[^.]+$|\.env\.example$/.test(file),
);

interface Package {
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const project: Package = JSON.parse(read('package.json'));

describe('the files', () => {
  test('every file is short enough to read at once', () => {
    expect(CODE.length).toBeGreaterThan(300);
    const pages = filesOf('.').filter((file) => file.endsWith('.md'));
    expect(pages.length).toBeGreaterThan(20);
    const tooLong = [...CODE, ...pages]
      .map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_LINES)
      .map(({ file, lines }) => `${file}: ${lines} lines`);
    expect(tooLong).toEqual([]);
  });

  test('no file contains an unchecked type, an unfinished part or a disabled test', () => {
    const others = SCRIPTS.filter((file) => file !== 'test/repository/files.test.ts');
    expect(linesWith(/@ts-(ignore|nocheck|expect-error)|biome-ignore|eslint-disable/, others)).toEqual([]);
    expect(linesWith(/\b(TODO|FIXME|XXX|HACK)\b/, others)).toEqual([]);
    expect(linesWith(/\b(test|it|describe)\.(only|todo)\b|\b(fit|xit|fdescribe|xdescribe)\(/, others)).toEqual([]);
    expect(linesWith(/\b(test|it|describe)\.skip\b/, others)).toEqual([]);
    expect(
      linesWith(
        /(:|\bas|<|\|)\s*any\s*([;,)>\]=|&{[]|$)/,
        others.filter((file) => file.endsWith('.ts')),
      ),
    ).toEqual([]);
  });

  test('src exports no function, class or value that no other file uses', () => {
    const words = SCRIPTS.map((file) => ({ file, words: new Set(read(file).match(/\w+/g)) }));
    const exported = SCRIPTS.filter((file) => file.startsWith('src/')).flatMap((file) =>
      [...read(file).matchAll(/^export (?:async |abstract )?(?:const|function\*?|class) (\w+)/gm)].map(
        ([, name = '']) => ({ file, name }),
      ),
    );
    expect(exported.length).toBeGreaterThan(300);
    const unused = exported.filter(
      ({ file, name }) => !words.some((each) => each.file !== file && each.words.has(name)),
    );
    expect(unused).toEqual([]);
  });

  test('no file names a path of one machine', () => {
    expect(TEXTS).toContain('.env.example');
    expect(linesWith(/(^|[\s'"`(=:])\/(home|Users|work|root|mnt|private)\/\w/, TEXTS)).toEqual([]);
  });

  test('the lock file and .npmrc name no package registry', () => {
    const lock = read('package-lock.json');
    const resolved = [...lock.matchAll(/"resolved": "([^"]*)"/g)].map(([, place]) => place);
    expect(resolved.filter((place) => !place?.startsWith('file:'))).toEqual([]);
    expect(lock).not.toMatch(/https?:\/\/[^"]*(registry|npm)[^"]*\.tgz/);
    expect(read('.npmrc')).not.toMatch(/registry\s*=|_auth/);
  });
});

describe('the dependencies', () => {
  /** The package of an import, without a path inside it; null for a module of Node. */
  const packageOf = (to: string) =>
    to.startsWith('node:')
      ? null
      : to
          .split('/')
          .slice(0, to.startsWith('@') ? 2 : 1)
          .join('/');
  const importsIn = (files: readonly string[]) => files.flatMap(importsOf).filter(({ isOurs }) => !isOurs);
  const namesIn = (files: readonly string[]) =>
    new Set(
      importsIn(files)
        .map(({ to }) => packageOf(to))
        .filter((name) => name !== null),
    );

  const sources = SCRIPTS.filter((file) => file.startsWith('src/'));
  const others = SCRIPTS.filter((file) => !file.startsWith('src/') && !file.startsWith('playground/page/'));
  const { dependencies = {}, devDependencies = {}, scripts = {} } = project;

  test('src imports every dependency', () => {
    expect(Object.keys(dependencies).filter((name) => !namesIn(sources).has(name))).toEqual([]);
  });

  test('every import of src is a run-time dependency or only types', () => {
    const missing = importsIn(sources)
      .filter(({ to, values }) => values.length > 0 && packageOf(to) !== null)
      .filter(({ to }) => !(`${packageOf(to)}` in dependencies));
    expect(missing.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('every development dependency is imported, has types for an import, or is run by a script', () => {
    const imported = new Set([...namesIn(sources), ...namesIn(others), ...namesIn(['vitest.config.ts'])]);
    const commands = Object.values(scripts).join(' ');
    const unused = Object.keys(devDependencies).filter((name) => {
      const typed = name.startsWith('@types/') ? name.slice('@types/'.length) : null;
      if (typed === 'node' || (typed !== null && imported.has(typed))) return false;
      const tool = { typescript: 'tsc', '@biomejs/biome': 'biome', node24: 'node' }[name];
      return !imported.has(name) && !(tool !== undefined && commands.includes(`${tool} `));
    });
    expect(unused).toEqual([]);
  });

  test('every imported package is declared', () => {
    const declared = { ...dependencies, ...devDependencies };
    const undeclared = [...namesIn([...sources, ...others])].filter((name) => !(name in declared));
    expect(undeclared).toEqual([]);
  });
});

describe('the licences', () => {
  const PERMISSIVE = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'MIT-0'];

  /** The folder in which Node finds a package that is required from `from`; null if it is not installed. */
  function folderOf(name: string, from: string): string | null {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
      const folder = join(at, 'node_modules', name);
      if (existsSync(join(ROOT, folder))) return folder;
      if (at === '' || !at.includes('/node_modules/')) {
        return at === '' ? null : existsSync(join(ROOT, 'node_modules', name)) ? join('node_modules', name) : null;
      }
    }
  }

  /** Every package in production, with its licence. */
  function production(): Map<string, string> {
    const found = new Map<string, string>();
    const queue = Object.keys(project.dependencies ?? {}).map((name) => ({ name, from: '' }));
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const folder = folderOf(next.name, next.from);
      if (folder === null || found.has(folder)) continue;
      const { license, dependencies, optionalDependencies }: Package = JSON.parse(read(join(folder, 'package.json')));
      found.set(folder, license ?? 'none');
      const needed = Object.keys({ ...dependencies, ...optionalDependencies });
      queue.push(...needed.map((name) => ({ name, from: folder })));
    }
    return found;
  }

  test('every package in production has a permissive licence', () => {
    const tree = production();
    expect(tree.size).toBeGreaterThan(50);
    expect([...tree].filter(([, licence]) => !PERMISSIVE.includes(licence))).toEqual([]);
  });

  test('the LICENSE file is that of the project', () => {
    expect(read('LICENSE')).toMatch(new RegExp(`^${project.license} License`));
  });
});

describe('the README', () => {
  const commands = [...read('README.md').matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)].map(([, name]) => name);

  test('the README has the commands to try the app and to test it', () => {
    expect(read('README.md')).toContain('\nnpm ci && npm run playground\n');
    expect(read('README.md')).toContain('\nnpm ci && npm test\n');
  });

  test('every npm command in the README exists', () => {
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.filter((name) => name !== 'ci' && !(`${name}` in (project.scripts ?? {})))).toEqual([]);
  });
});
