import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ROOT, read } from '../support/sources.ts';

const PROJECT = `{
  "name": "sample",
  "version": "0.1.0",
  "engines": { "node": ">=24.15" },
  "scripts": { "check": "node check.js" }
}
`;
const LOCK = { name: 'sample', version: '0.1.0', lockfileVersion: 3, packages: { '': { version: '0.1.0' } } };
const CHANGELOG = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something.\n';

let folder: string;

function git(...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function file(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

function run(script: string, ...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'tools/release', script), ...args],
      { cwd: folder },
      (err, stdout, stderr) => {
        resolve({ code: err === null ? 0 : Number(err.code), out: stdout + stderr });
      },
    );
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qs-creds-release-'));
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', folder]);
  git('config', 'user.name', 'A Person');
  git('config', 'user.email', 'person@example.com');
  write('package.json', PROJECT);
  write('package-lock.json', JSON.stringify(LOCK, null, 2));
  write('CHANGELOG.md', CHANGELOG);
  write('check.js', '');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('npm run release', () => {
  test('sets the version, dates the changelog, commits and tags, and leaves the rest of package.json as it is', async () => {
    const { code, out } = await run('main.ts', '0.2.0');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('git push origin main v0.2.0') });
    expect(file('package.json')).toBe(PROJECT.replace('0.1.0', '0.2.0'));
    const lock = JSON.parse(file('package-lock.json'));
    expect([lock.version, lock.packages[''].version]).toEqual(['0.2.0', '0.2.0']);
    expect(file('CHANGELOG.md')).toMatch(
      /## \[Unreleased\]\n\n## \[0\.2\.0\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- Something\.\n/,
    );
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '-1', '--format=%s')).toBe('Release 0.2.0');
    expect(git('rev-parse', 'v0.2.0^{commit}')).toBe(git('rev-parse', 'main'));
    expect((await run('notes.ts', '0.2.0')).out).toBe('### Added\n\n- Something.\n');
  });

  test('releases the present version as long as it has no tag', async () => {
    expect((await run('main.ts', '0.1.0')).code).toBe(0);
    write('CHANGELOG.md', file('CHANGELOG.md').replace('## [Unreleased]\n', '## [Unreleased]\n\n- More.\n'));
    git('commit', '--quiet', '--all', '--message', 'More');
    expect(await run('main.ts', '0.1.0')).toMatchObject({ code: 1, out: 'The tag v0.1.0 exists already.\n' });
  });

  test.each<[string, () => void, string, RegExp]>([
    ['a changed file', () => write('check.js', '// changed'), '0.2.0', /not committed:\n ?M check\.js/],
    ['an untracked file', () => write('new.js', ''), '0.2.0', /not committed:\n\?\? new\.js/],
    ['another branch', () => git('switch', '--quiet', '--create', 'other'), '0.2.0', /on main, this is other/],
    ['an older version', () => {}, '0.0.9', /0\.0\.9 is older than 0\.1\.0/],
    ['a word instead of a version', () => {}, 'minor', /Say which version/],
  ])('refuses %s and changes nothing', async (_, prepare, version, why) => {
    prepare();
    await refused(version, why);
  });

  test.each<[string, string, string, RegExp]>([
    ['a check that fails', 'check.js', 'process.exit(1)', /npm run check failed/],
    ['a check that leaves files behind', 'check.js', "require('fs').writeFileSync('left', '')", /check left changes/],
    ['a changelog without new entries', 'CHANGELOG.md', '# Changelog\n\n## [Unreleased]\n', /says nothing/],
  ])('refuses %s and changes nothing', async (_, name, text, why) => {
    write(name, text);
    git('commit', '--quiet', '--all', '--message', 'Change');
    await refused('0.2.0', why);
  });

  async function refused(version: string, why: RegExp): Promise<void> {
    const before = git('rev-parse', 'HEAD');
    const { code, out } = await run('main.ts', version);
    expect(out).toMatch(why);
    expect(code).toBe(1);
    expect([git('rev-parse', 'HEAD'), git('tag'), file('package.json')]).toEqual([before, '', PROJECT]);
  }
});

test('the notes of a version that the changelog does not have are an error', async () => {
  expect(await run('notes.ts', '9.9.9')).toEqual({ code: 1, out: 'CHANGELOG.md has no version "9.9.9".\n' });
});

test("the changelog's newest version is the project's, or the project's is not released yet", () => {
  const [, newest] = /^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$/m.exec(read('CHANGELOG.md')) ?? [];
  const { version } = JSON.parse(read('package.json'));
  expect([undefined, version]).toContain(newest);
  expect(JSON.parse(read('package-lock.json')).version).toBe(version);
});
