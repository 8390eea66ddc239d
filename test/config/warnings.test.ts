import { describe, expect, test } from 'vitest';
import { read } from './setup.ts';

describe('warnings', () => {
  test('name a platform with a temporary disk if the database is a file there', () => {
    for (const [name, platform] of [
      ['DYNO', 'Heroku'],
      ['K_SERVICE', 'Cloud Run'],
      ['VCAP_APPLICATION', 'Cloud Foundry'],
      ['RENDER', 'Render'],
      ['RAILWAY_ENVIRONMENT_ID', 'Railway'],
      ['FLY_APP_NAME', 'Fly.io'],
    ] as const) {
      expect(read({ [name]: 'web.1' }).warnings, name).toEqual([
        expect.stringMatching(
          `^DATABASE_URL points to a file, and ${platform} deletes files at each restart or deployment: .*Set it to postgres://`,
        ),
      ]);
      expect(read({ [name]: 'web.1', DATABASE_URL: 'postgres://u:p@h/d' }).warnings, name).toEqual([]);
    }
  });

  test.each([
    ['SLACK_SIGNIN_SECRET', 'SLACK_SIGNING_SECRET'],
    ['ADOBE_SANDBOX', 'ADOBE_SANDBOXES'],
    ['PRODUCTION_SANDBOX', 'PRODUCTION_SANDBOXES'],
    ['MIGRATION_METHODS', 'MIGRATION_METHOD'],
    ['REMINDER_TIMEZOEN', 'REMINDER_TIMEZONE'],
  ])('%s is reported as a misspelt %s, without its value', (name, meant) => {
    expect(read({ [name]: 'hidden' }).warnings).toEqual([
      `${name} is not a setting of qs-creds and was ignored: did you mean ${meant}?`,
    ]);
  });

  test.each(['SLACK_CLIENT_ID', 'PORTS', 'PATH', 'ADOBE_ANALYTICS_KEY'])('%s is ignored without a warning', (name) => {
    expect(read({ [name]: 'x' }).warnings).toEqual([]);
  });
});
