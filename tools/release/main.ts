/** `npm run release -- 0.2.0`: checks, dates the changelog, sets the version, commits and tags. It pushes nothing. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { withRelease } from './changelog.ts';

/** Checks everything before it writes anything. @throws {Error} with a readable message */
function release(version: string): void {
  const project = readFileSync('package.json', 'utf8');
  const { version: present }: { version: string } = JSON.parse(project);
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('Say which version: npm run release -- 1.2.3');
  if (compare(version, present) < 0) throw new Error(`${version} is older than ${present}, the present version.`);
  const branch = git('rev-parse', '--abbrev-ref', 'HEAD');
  if (branch !== 'main') throw new Error(`Releases are made on main, this is ${branch}.`);
  const tag = `v${version}`;
  if (git('tag', '--list', tag) !== '') throw new Error(`The tag ${tag} exists already.`);
  refuseChanges('There are changes that are not committed');
  const changelog = withRelease(readFileSync('CHANGELOG.md', 'utf8'), version, new Date().toISOString().slice(0, 10));
  if (spawnSync('npm', ['run', 'check'], { stdio: 'inherit' }).status !== 0) throw new Error('npm run check failed.');
  // Exactly what was checked must be tagged.
  refuseChanges('npm run check left changes');

  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  lock.version = lock.packages[''].version = version;
  // Only this line is replaced, since the file's formatting is not npm's.
  writeFileSync('package.json', project.replace(`"version": "${present}"`, `"version": "${version}"`));
  writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
  writeFileSync('CHANGELOG.md', changelog);
  git('add', 'package.json', 'package-lock.json', 'CHANGELOG.md');
  git('commit', '--quiet', '--message', `Release ${version}`);
  git('tag', '--annotate', '--message', `Release ${version}`, tag);
  process.stdout.write(`${tag} is tagged, nothing is pushed. To publish it: git push origin main ${tag}\n`);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim();
}

function refuseChanges(why: string): void {
  const changes = git('status', '--porcelain');
  if (changes !== '') throw new Error(`${why}:\n${changes}`);
}

/** Negative if the first version is older. */
function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const differences = (left ?? []).map((part, i) => part - (right?.[i] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

try {
  release(process.argv[2] ?? '');
} catch (err) {
  process.stderr.write(`${err instanceof Error ? err.message : err}\n`);
  process.exitCode = 1;
}
