import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

/** Makes `npm start` fail in this folder; returns the variables named on stderr, one per line. */
async function namedBy(folder: string, env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const [exec, node, ...args] = manifest.scripts.start.split(' ');
  expect([exec, node]).toEqual(['exec', 'node']);
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, args, { cwd: folder, env }, (error, _, stderr) =>
      resolve({ code: error?.code, stderr }),
    ),
  );
  expect(code).toBe(78);
  return stderr
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ', 1)[0] ?? '');
}

test('npm start reads .env if there is one, and the environment overrides it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qs-creds-env-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['src', 'tools', 'package.json', 'node_modules'])
    await symlink(join(ROOT, name), join(folder, name));

  const five = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'ADOBE_CLIENT_ID', 'ADOBE_CLIENT_SECRET', 'ADOBE_ORG_ID'];
  expect(await namedBy(folder)).toEqual(five);

  const lines = ['SLACK_BOT_TOKEN=xoxb-1', 'SLACK_SIGNING_SECRET="a#b"', 'ADOBE_CLIENT_ID=1', 'ADOBE_CLIENT_SECRET=1'];
  await writeFile(join(folder, '.env'), [...lines, 'PORT=3000', ''].join('\n'));
  expect(await namedBy(folder, { PORT: 'none' })).toEqual(['PORT', 'ADOBE_ORG_ID']);
});
