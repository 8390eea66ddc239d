import { ConfigError, readConfig, type Settings } from '../../src/config/config.ts';

/** The settings without a default, in HTTP mode. */
export const REQUIRED = {
  SLACK_BOT_TOKEN: 'xoxb-bot',
  SLACK_SIGNING_SECRET: 'signing',
  ADOBE_CLIENT_ID: 'client',
  ADOBE_CLIENT_SECRET: 'p8e-secret',
  ADOBE_ORG_ID: '0A1B@AdobeOrg',
};

export function read(env: NodeJS.ProcessEnv): Settings {
  return readConfig({ ...REQUIRED, ...env });
}

export function failure(env: NodeJS.ProcessEnv): ConfigError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
}

export function errors(env: NodeJS.ProcessEnv): readonly string[] {
  return failure({ ...REQUIRED, ...env }).errors;
}
