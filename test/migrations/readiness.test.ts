import { expect, test } from 'vitest';
import { readinessChecks } from '../../src/checks.ts';
import { confirmed, startWith } from './setup.ts';

test('a confirmed migration that waits for a minute while none is in flight is a detail of /readyz', async () => {
  const process = await startWith([1]);
  const { clock, stores } = process;
  const { syncs, migrations, reminders } = stores;
  const well = () => ({ ok: true });
  const checks = readinessChecks({
    ...{ syncs, migrations, reminders, clock },
    ...{ database: async () => ({ ok: true }), adobe: well, slack: well },
  });
  await confirmed(process, 1);
  expect(await checks['queue']?.()).toEqual({ ok: true });
  clock.advance(61);
  const detail = '1 confirmed migration waits and none is in flight; see the log';
  expect(await checks['queue']?.()).toEqual({ ok: true, detail });
  await process.runner.advance();
  expect(await checks['queue']?.()).toEqual({ ok: true });
});
