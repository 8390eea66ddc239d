import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { ADMIN, CHANNEL, startWorld } from './setup.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Matches `import`, `export … from` and `import()`, except those of types only. */
const IMPORTS = /^(?:import|export)\s(?!type\s)[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

/** Every file of ours and every package that this file loads, directly or not. */
async function loadedBy(file: string): Promise<{ files: Set<string>; packages: Set<string> }> {
  const files = new Set([file]);
  const packages = new Set<string>();
  for (const each of files) {
    const source = await readFile(join(ROOT, each), 'utf8');
    for (const [, ...found] of source.matchAll(IMPORTS)) {
      const name = found.find((part) => part !== undefined) ?? '';
      if (name.startsWith('.')) files.add(relative(ROOT, join(ROOT, dirname(each), name)));
      else if (!name.startsWith('node:')) packages.add(/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    }
  }
  return { files, packages };
}

test('npm start loads only src and no development dependency', async () => {
  expect(manifest.scripts.start).toMatch(/ src\/main\.ts$/);
  const { files, packages } = await loadedBy('src/main.ts');
  expect([...files].filter((file) => !file.startsWith('src/'))).toEqual([]);
  expect([...packages].filter((name) => !Object.hasOwn(manifest.dependencies, name))).toEqual([]);
  // The search reached every part.
  expect(files).toContain('src/db/sqlite-dialect.ts');
  expect([...packages]).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
});

test('the bot starts and serves with only src, tools and node_modules', async () => {
  const root = await mkdtemp(join(tmpdir(), 'qs-creds-alone-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const name of ['src', 'tools', 'package.json'])
    await cp(join(ROOT, name), join(root, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const world = await startWorld();
  const bot = world.spawn({}, root);
  await world.speakTo(bot);
  await bot.line({ msg: 'sync done' });
  expect(await world.slack.command(ADMIN, CHANNEL, 'list')).toMatchObject({ status: 200 });
  await world.slack.waitFor(() => world.messages.find(({ text }) => text.includes('airflow-dev')));
  expect(bot.stderr).toBe('');
});
