import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError, readConfig, type Settings, secretsOf } from '../../src/config/config.ts';
import { ENVIRONMENT_NAMES } from '../../src/config/schema.ts';
import { anyText, run } from './arbitraries.ts';

const GOOD = {
  SLACK_BOT_TOKEN: 'xoxb-bot',
  SLACK_SIGNING_SECRET: 'signing',
  ADOBE_CLIENT_ID: 'client',
  ADOBE_CLIENT_SECRET: 'p8e-secret',
  ADOBE_ORG_ID: '0A1B@AdobeOrg',
};
/** Occurs in no message by chance. */
const MARK = 'Zq9Zq9';

/** The settings or the ConfigError; anything else fails the test. */
function read(env: NodeJS.ProcessEnv): Settings | ConfigError {
  try {
    return readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

const name = fc.oneof(
  fc.constantFrom(...ENVIRONMENT_NAMES),
  fc.constantFrom('SLACK_BOT_TOKENS', 'ADOBE_CLIENTID', 'PATH', '__proto__'),
);
/** Beginnings of valid values, so that deeper checks are reached too. */
const START = [
  '',
  'xoxb-',
  'xapp-',
  'file:',
  'file:///',
  'postgres://',
  'postgres://u:%zz@h/',
  'http://',
  'https://',
  'https://u:p@',
  'U0',
  '2025-',
  '* * * * ',
  '/{technicalAccountId}',
  '-',
  '1',
  '1e',
  '0x',
  'Europe/',
];
const value = fc.tuple(fc.constantFrom(...START), fc.constantFrom('', MARK), anyText()).map((parts) => parts.join(''));

test('any environment is accepted, or rejected with an explanation that names settings and contains no value', () => {
  fc.assert(
    fc.property(fc.dictionary(name, value), (given) => {
      const result = read(given);
      if (!(result instanceof ConfigError)) return;
      expect(result.errors.length).toBeGreaterThan(0);
      expect(result.message).not.toContain(MARK);
      for (const line of result.errors) {
        expect(line).not.toMatch(/\n/);
        expect(ENVIRONMENT_NAMES.some((each) => line.startsWith(`${each} `))).toBe(true);
      }
    }),
    run(1_000),
  );
});

test('a single setting with any text is accepted, or is the only one reported as wrong', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ENVIRONMENT_NAMES), value, (changed, text) => {
      const result = read({ ...GOOD, [changed]: text });
      if (result instanceof ConfigError) {
        // The expected time must not exceed the timeout: either may be named.
        const names = result.errors.map((line) => line.split(' ', 1)[0]);
        expect(names.every((each) => each === changed || each?.startsWith('MIGRATION_'))).toBe(true);
        expect(result.message).not.toContain(MARK);
        return;
      }
      expect(result.adobe.sandboxes.length).toBeGreaterThan(0);
      expect(result.migration.path).toContain('{technicalAccountId}');
      expect(result.port).toBeLessThanOrEqual(65_535);
      for (const each of [result.migration.pollMs, result.migration.timeoutMs]) expect(each).toBeGreaterThanOrEqual(10);
      for (const url of [result.slack.apiUrl, result.adobe.imsUrl, result.adobe.platformUrl])
        expect(URL.canParse(url)).toBe(true);
      expect(secretsOf(result)).not.toContain('');
    }),
    run(1_000),
  );
});
