import { expect, test } from 'vitest';
import { recording } from './recording.ts';

test('log lines are JSON with ISO time and the name of the level', () => {
  const { logger, last } = recording();
  logger.info({ sandbox: 'prod' }, 'synced');
  expect(last()).toMatchObject({ level: 'info', sandbox: 'prod', msg: 'synced' });
  expect(new Date(last().time).toISOString()).toBe(last().time);
});

test('messages below the level are not logged', () => {
  const { logger, lines } = recording([], 'info');
  logger.debug('hidden');
  expect(lines).toEqual([]);
});
