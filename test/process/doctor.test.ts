import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runScript } from './script.ts';
import { startWorld } from './setup.ts';

/** Runs what `npm run doctor` runs. */
function doctor(env: Readonly<Record<string, string>>, ...words: string[]) {
  return runScript('doctor', env, ...words);
}

test('the exit code of npm run doctor says whether something is wrong', async () => {
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
