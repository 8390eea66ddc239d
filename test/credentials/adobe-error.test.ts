import { expect, test } from 'vitest';
import { AdobeError, type AdobeErrorKind, isTransient } from '../../src/credentials/adobe-error.ts';
import { TRANSIENT } from '../support/enumerations.ts';

test.each(Object.entries(TRANSIENT))('an error of kind %s is transient: %s', (kind, transient) => {
  expect(isTransient(kind as AdobeErrorKind)).toBe(transient);
});

test('an AdobeError names the operation and the response, and keeps its cause', () => {
  const cause = new Error('socket closed');
  const error = new AdobeError('not_allowed', 'list accounts', {
    status: 403,
    code: '403025',
    detail: 'no rights',
    cause,
  });
  expect(error.message).toBe('Adobe: could not list accounts: not_allowed 403 403025 no rights');
  expect(error.cause).toBe(cause);
  expect(error.kind).toBe('not_allowed');
  expect(error.problem).toEqual({
    kind: 'not_allowed',
    operation: 'list accounts',
    status: 403,
    code: '403025',
    detail: 'no rights',
  });
});

test('an AdobeError names Adobe’s id of the request last, in one line', () => {
  const error = new AdobeError('unavailable', 'list accounts', { status: 502, requestId: '4f0c' });
  expect(error.message).toBe('Adobe: could not list accounts: unavailable 502 (request 4f0c)');
  expect(error.problem).toMatchObject({ requestId: '4f0c' });
});

test('an AdobeError without a response contains only what is known', () => {
  const error = new AdobeError('unreachable', 'list accounts');
  expect(error.message).toBe('Adobe: could not list accounts: unreachable');
  expect(error).not.toHaveProperty('cause');
});
