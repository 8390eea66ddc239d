import { describe, expect, test } from 'vitest';
import { secretsOf } from '../../src/config/config.ts';
import { read } from './setup.ts';

describe('secrets', () => {
  test('include those of HTTP mode, and the database’s password as written and decoded', () => {
    const settings = read({ DATABASE_URL: 'postgres://u:p%40ss@h/db?sslpassword=other' });
    expect(secretsOf(settings)).toEqual(['xoxb-bot', 'signing', 'p8e-secret', 'p%40ss', 'p@ss', 'other']);
  });

  test('include the password of a proxy', () => {
    expect(secretsOf(read({ HTTPS_PROXY: 'http://u:p%40ss@proxy.example' }))).toEqual(
      expect.arrayContaining(['p%40ss', 'p@ss']),
    );
  });

  test('include those of Socket Mode with SQLite', () => {
    expect(secretsOf(read({ SLACK_APP_TOKEN: 'xapp-1' }))).toEqual(['xoxb-bot', 'xapp-1', 'p8e-secret']);
  });

  test('do not include empty values', () => {
    expect(secretsOf(read({ DATABASE_URL: 'postgres://h/db' }))).not.toContain('');
  });
});
