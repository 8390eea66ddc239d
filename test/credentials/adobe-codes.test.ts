import { expect, test } from 'vitest';
import {
  advice,
  DOCUMENTED_ERRORS,
  documentedError,
  logWords,
  NOT_AN_ADMIN,
  SOURCES,
} from '../../src/credentials/adobe-codes.ts';

const ALL = [...Object.values(DOCUMENTED_ERRORS), NOT_AN_ADMIN];

test('every documented error has a meaning, a fix without a full stop, and a source', () => {
  for (const { meaning, fix, source } of ALL) {
    expect(`${meaning} ${fix}`).not.toMatch(/\.$|\. /);
    expect(SOURCES[source]).not.toBe('');
  }
});

test('the advice names the person who can fix an error, and nobody if the error passes', () => {
  const asked = (who: (typeof ALL)[number]['who']) => advice({ who, fix: 'check it' });
  expect(asked('operator')).toBe('Ask an operator to check it.');
  expect(asked('system admin')).toBe('Ask an Adobe system admin to check it.');
  expect(asked('nobody')).toBe('check it.');
});

test('a log line about a documented error has no markup, and does not tell an operator to ask an operator', () => {
  for (const [code, error] of Object.entries(DOCUMENTED_ERRORS)) {
    const words = logWords(code, error);
    expect(words).not.toContain('`');
    expect(words).not.toContain('sk an operator');
  }
  expect(logWords('403', NOT_AN_ADMIN)).toMatch(/^AEP admin verification failed \(403\): ask an Adobe system admin to/);
});

test.each([undefined, '403999', 'constructor', '__proto__'])('the code %s is not documented', (code) => {
  expect(documentedError({ code })).toBeNull();
});
