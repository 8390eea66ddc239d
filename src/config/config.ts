import type { LevelWithSilent } from 'pino';
import type { DatabaseSettings } from './fields.ts';
import { likelyMisspellings } from './misspelling.ts';
import {
  ENVIRONMENT_NAMES,
  type Environment,
  type EnvironmentName,
  environmentSchema,
  faultsBetween,
  type GivenEnvironment,
} from './schema.ts';

export type { DatabaseSettings } from './fields.ts';
export { ENVIRONMENT_NAMES } from './schema.ts';

/** How Slack reaches the bot. */
export type SlackMode =
  | { readonly kind: 'http'; readonly signingSecret: string }
  | { readonly kind: 'socket'; readonly appToken: string };

/** Everything an operator can set, checked. Durations are whole milliseconds. */
export interface Settings {
  readonly slack: {
    readonly botToken: string;
    readonly mode: SlackMode;
    /** With exactly one trailing slash. */
    readonly apiUrl: string;
  };
  readonly adobe: {
    readonly clientId: string;
    readonly clientSecret: string;
    /** `…@AdobeOrg`. */
    readonly orgId: string;
    readonly scopes: readonly string[];
    /** The three addresses have no trailing slash. */
    readonly imsUrl: string;
    readonly platformUrl: string;
    readonly consoleUrl: string;
    /** At least one, none twice, in the operator's order. */
    readonly sandboxes: readonly string[];
  };
  readonly migration: {
    readonly method: 'query-service';
    /** Starts with `/`, contains `{technicalAccountId}`. */
    readonly path: string;
    readonly pollMs: number;
    readonly expectedMs: number;
    readonly timeoutMs: number;
  };
  readonly access: {
    /** Who may migrate; both lists empty: workspace admins and owners. */
    readonly migrators: { readonly users: readonly string[]; readonly groups: readonly string[] };
    readonly requireSecondPerson: boolean;
  };
  readonly database: DatabaseSettings;
  readonly reminders: {
    /** `YYYY-MM-DD`, a day in `timeZone`. */
    readonly deadline: string;
    readonly channel: string | null;
    readonly cron: string;
    /** IANA name. */
    readonly timeZone: string;
    /** Whole days before the deadline, most first, none twice. */
    readonly days: readonly number[];
  };
  readonly sync: { readonly cron: string };
  /** 0: any free one. */
  readonly port: number;
  /** IP address to listen on; null: all of the machine's. */
  readonly listenAddress: string | null;
  readonly logLevel: LevelWithSilent;
  /** What looks wrong but does not stop the start, one line each, without values. */
  readonly warnings: readonly string[];
}

/** Settings that cannot be used. The lines name variables and never hold a value, so they may be printed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One line per fault: what is wrong, what to set, where to find it. */
  readonly problems: readonly string[];
  /** As `Settings.warnings`: a misspelt name is often why another is missing. */
  readonly warnings: readonly string[];

  constructor(problems: readonly string[], warnings: readonly string[]) {
    super([...problems, ...warnings].join('\n'));
    this.problems = problems;
    this.warnings = warnings;
  }
}

/**
 * Reads all settings from the environment; what is empty counts as not set.
 * @throws {ConfigError} with every fault at once, in the order of `.env.example`
 */
export function readConfig(env: NodeJS.ProcessEnv): Settings {
  const given: GivenEnvironment = {};
  for (const name of ENVIRONMENT_NAMES) {
    const value = env[name]?.trim();
    if (value) given[name] = value;
  }
  const warnings = likelyMisspellings(Object.keys(env));
  const result = environmentSchema.safeParse(given);
  const faults = [
    ...(result.error?.issues ?? []).map(({ path, message }) => ({
      name: path[0] as EnvironmentName,
      message,
    })),
    ...faultsBetween(given),
  ].sort((a, b) => ENVIRONMENT_NAMES.indexOf(a.name) - ENVIRONMENT_NAMES.indexOf(b.name));
  const mode = slackMode(given);
  if (!result.success || mode === undefined || faults.length > 0) {
    throw new ConfigError([...new Set(faults.map(({ name, message }) => `${name} ${message}`))], warnings);
  }
  return group(result.data, mode, warnings);
}

/** With both set Socket Mode wins: every app has a signing secret, an app-level token only for this mode. */
function slackMode(given: GivenEnvironment): SlackMode | undefined {
  if (given.SLACK_APP_TOKEN !== undefined) return { kind: 'socket', appToken: given.SLACK_APP_TOKEN };
  if (given.SLACK_SIGNING_SECRET !== undefined)
    return { kind: 'http', signingSecret: given.SLACK_SIGNING_SECRET };
  return undefined;
}

function group(values: Environment, mode: SlackMode, warnings: readonly string[]): Settings {
  const migrators = values.MIGRATORS ?? [];
  return {
    slack: { botToken: values.SLACK_BOT_TOKEN, mode, apiUrl: values.SLACK_API_URL },
    adobe: {
      clientId: values.ADOBE_CLIENT_ID,
      clientSecret: values.ADOBE_CLIENT_SECRET,
      orgId: values.ADOBE_ORG_ID,
      scopes: values.ADOBE_SCOPES,
      imsUrl: values.ADOBE_IMS_URL,
      platformUrl: values.ADOBE_PLATFORM_URL,
      consoleUrl: values.ADOBE_CONSOLE_URL,
      sandboxes: values.ADOBE_SANDBOXES,
    },
    migration: {
      method: values.MIGRATION_METHOD,
      path: values.ADOBE_MIGRATE_PATH,
      pollMs: values.MIGRATION_POLL_SECONDS,
      expectedMs: values.MIGRATION_EXPECTED_SECONDS,
      timeoutMs: values.MIGRATION_TIMEOUT_SECONDS,
    },
    access: {
      migrators: {
        users: migrators.filter((id) => !id.startsWith('S')),
        groups: migrators.filter((id) => id.startsWith('S')),
      },
      requireSecondPerson: values.REQUIRE_SECOND_PERSON,
    },
    database: values.DATABASE_URL,
    reminders: {
      deadline: values.DEADLINE,
      channel: values.REMINDER_CHANNEL ?? null,
      cron: values.REMINDER_CRON,
      timeZone: values.REMINDER_TIMEZONE,
      days: values.REMINDER_DAYS,
    },
    sync: { cron: values.SYNC_CRON },
    port: values.PORT,
    listenAddress: values.LISTEN_ADDRESS ?? null,
    logLevel: values.LOG_LEVEL,
    warnings,
  };
}

/** Passwords of a postgres url, each as written and decoded; the driver also takes them as parameters. */
function databaseSecrets(database: DatabaseSettings): string[] {
  if (database.kind === 'sqlite') return [];
  const url = new URL(database.url);
  const parameters = [...url.searchParams]
    .filter(([name]) => /password/i.test(name))
    .map(([, value]) => value);
  return [url.password, decodeURIComponent(url.password), ...parameters];
}

/** Every secret value, for the log to blot out. */
export function secretsOf(settings: Settings): string[] {
  const { mode, botToken } = settings.slack;
  const secrets = [
    botToken,
    mode.kind === 'http' ? mode.signingSecret : mode.appToken,
    settings.adobe.clientSecret,
    ...databaseSecrets(settings.database),
  ];
  return [...new Set(secrets)].filter((secret) => secret !== '');
}
