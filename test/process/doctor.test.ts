import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { startWorld } from './setup.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Runs what `npm run doctor` runs. */
function doctor(env: Readonly<Record<string, string>>, ...words: string[]) {
  const [node, ...args] = manifest.scripts.doctor.split(' ');
  expect(node).toBe('node');
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, [...args, ...words], { cwd: ROOT, env: { ...env } }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
}

test('npm run doctor tells by its exit code whether something is wrong', async () => {
  const world = await startWorld({ mode: 'socket' });
  const well = await doctor(world.settings);
  expect(well).toMatchObject({ code: 0, stderr: '' });
  expect(well.stdout).toContain('Nothing is wrong.');

  const ill = await doctor({ ...world.settings, SLACK_BOT_TOKEN: 'xoxb-another' }, '--json');
  expect(ill).toMatchObject({ code: 1, stderr: '' });
  const { ok, checks } = JSON.parse(ill.stdout);
  expect(ok).toBe(false);
  expect(checks.filter((check: { ok: boolean }) => check.ok === false)).toMatchObject([{ id: 'slack-token' }]);

  expect(await doctor({ ...world.settings, PORT: 'none' })).toMatchObject({ code: 78 });
  expect(existsSync(world.settings['DATABASE_URL']?.replace('file:', '') ?? '')).toBe(false);
});
