import { expect, test } from 'vitest';
import { recording } from './recording.ts';

test('a logged error has its type, message, stack, code and causes, and nothing else', () => {
  const { logger, last } = recording();
  const cause = Object.assign(new TypeError('inner'), { code: 'ECONNREFUSED', config: { headers: { a: 'b' } } });
  const error = Object.assign(new Error('outer', { cause }), { data: 'x', code: 'has spaces in it' });
  logger.error(error, 'failed');
  expect(last().msg).toBe('failed');
  expect(last().err).toEqual({
    type: 'Error',
    message: 'outer',
    stack: error.stack,
    cause: { type: 'TypeError', message: 'inner', stack: cause.stack, code: 'ECONNREFUSED' },
  });
});

test('a chain of causes that contains itself is logged to a limited depth', () => {
  const { logger, lines } = recording();
  const error = new Error('loop');
  error.cause = error;
  logger.error({ err: error }, 'failed');
  expect(lines[0]?.match(/"message":"loop"/g)).toHaveLength(6);
});

test('a thrown object that is not an Error is logged without its fields', () => {
  const { logger, last } = recording();
  logger.error({ err: { headers: 'x' } }, 'thrown');
  expect(last().err).toEqual({ type: 'object', message: 'not an Error' });
});
