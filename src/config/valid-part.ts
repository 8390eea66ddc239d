import { ConfigError, readConfig, type Settings } from './config.ts';
import { ENVIRONMENT_NAMES, type EnvironmentName, LOWER_CASE_TOO } from './schema.ts';

/** The valid settings of the environment, and what is wrong with the others. */
export interface ValidPart {
  /** With a stand-in or the default for each name in `wrong`; null: too much is wrong. */
  readonly settings: Settings | null;
  /** Settings whose value here is not the operator's. */
  readonly wrong: ReadonlySet<EnvironmentName>;
  /** One line per error, as the start prints them. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Values for required settings that are wrong; they are never sent anywhere. */
const STAND_INS: Partial<Record<EnvironmentName, string>> = {
  SLACK_BOT_TOKEN: 'xoxb-0',
  SLACK_SIGNING_SECRET: '0',
  ADOBE_CLIENT_ID: '0',
  ADOBE_CLIENT_SECRET: '0',
  ADOBE_ORG_ID: '0@AdobeOrg',
};
/** How often settings are read: correcting one may reveal an error in another. */
const ROUNDS = 4;

/** Reads all settings that are right, even if others are wrong. */
export function readValidPart(env: NodeJS.ProcessEnv): ValidPart {
  const wrong = new Set<EnvironmentName>();
  let firstError: ConfigError | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    try {
      const settings = readConfig(withoutWrong(env, wrong));
      return { settings, wrong, errors: firstError?.errors ?? [], warnings: firstError?.warnings ?? settings.warnings };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      firstError ??= error;
      for (const line of error.errors) wrong.add(nameIn(line));
    }
  }
  return { settings: null, wrong, errors: firstError?.errors ?? [], warnings: firstError?.warnings ?? [] };
}

/** The setting that an error is about. */
function nameIn(line: string): EnvironmentName {
  return line.split(' ', 1)[0] as EnvironmentName;
}

function withoutWrong(env: NodeJS.ProcessEnv, wrong: ReadonlySet<EnvironmentName>): NodeJS.ProcessEnv {
  const right = { ...env };
  for (const name of ENVIRONMENT_NAMES) {
    if (!wrong.has(name)) continue;
    if (LOWER_CASE_TOO.has(name)) delete right[name.toLowerCase()];
    right[name] = STAND_INS[name] ?? '';
  }
  return right;
}
