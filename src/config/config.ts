import { distance } from 'fastest-levenshtein';
import type { LevelWithSilent } from 'pino';
import type { Migrators } from '../access/access.ts';
import type { AdobeSettings } from '../adobe/connect.ts';
import type { DatabaseSettings } from '../db/database.ts';
import type { ProxySettings } from '../lib/network.ts';
import type { MethodName } from '../migrations/steps.ts';
import { lostFileWarning } from './platform.ts';
import {
  crossSettingErrors,
  ENVIRONMENT_NAMES,
  type Environment,
  type EnvironmentName,
  environmentSchema,
  type GivenEnvironment,
  LOWER_CASE_TOO,
  MAX_EDITS,
} from './schema.ts';

/** How Slack's requests reach the app. */
type SlackMode =
  | { readonly kind: 'http'; readonly signingSecret: string }
  | { readonly kind: 'socket'; readonly appToken: string };

/** Everything an operator can set, validated. Durations are whole milliseconds. */
export interface Settings {
  readonly slack: {
    readonly botToken: string;
    readonly mode: SlackMode;
    /** With exactly one trailing slash. */
    readonly apiUrl: string;
  };
  readonly adobe: AdobeSettings & {
    /** At least one, no duplicates, in the operator's order. */
    readonly sandboxes: readonly string[];
    /** Those of `sandboxes` that are production; null: decided by name. */
    readonly productionSandboxes: readonly string[] | null;
  };
  readonly migration: {
    readonly method: MethodName;
    readonly dryRun: boolean;
    /** Starts with `/`, contains `{technicalAccountId}`. */
    readonly path: string;
    /** The page where a person presses Migrate; `{sandbox}` in it stands for the credential's first sandbox. */
    readonly uiUrl: string;
    readonly pollMs: number;
    readonly expectedMs: number;
    readonly timeoutMs: number;
  };
  /** How long a migrated credential is watched; 0: not at all. */
  readonly watch: { readonly lengthMs: number };
  readonly access: { readonly migrators: Migrators; readonly requireSecondPerson: boolean };
  readonly database: DatabaseSettings;
  readonly reminders: {
    /** `YYYY-MM-DD`, a day in `timeZone`. */
    readonly deadline: string;
    readonly channel: string | null;
    readonly cron: string;
    /** IANA name. */
    readonly timeZone: string;
    /** Whole days before the deadline, descending, no duplicates. */
    readonly days: readonly number[];
  };
  readonly sync: { readonly cron: string };
  /** 0: any free port. */
  readonly port: number;
  /** Port only for `/readyz` and `/metrics`; null: `port` serves them. */
  readonly operationsPort: number | null;
  /** IP address to listen on; null: all addresses of the machine. */
  readonly listenAddress: string | null;
  readonly proxy: ProxySettings;
  /** Path of a PEM file. */
  readonly extraCertificates: string | null;
  readonly logLevel: LevelWithSilent;
  /** Problems that do not prevent the start: one line each, without values. */
  readonly warnings: readonly string[];
}

/** Exit code for settings that have to be changed before another start: EX_CONFIG of sysexits(3). */
export const EX_CONFIG = 78;

/** Invalid settings. The lines name variables and contain no values, so they may be printed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One line per error: what is wrong, what to set, where to find it. */
  readonly errors: readonly string[];
  /** As in `Settings`, since a misspelt name often explains a missing setting. */
  readonly warnings: readonly string[];

  constructor(errors: readonly string[], warnings: readonly string[]) {
    super([...errors, ...warnings].join('\n'));
    this.errors = errors;
    this.warnings = warnings;
  }
}

/**
 * Reads all settings from the environment; an empty variable counts as not set.
 * @throws {ConfigError} with every error at once, in the order of `.env.example`
 */
export function readConfig(env: NodeJS.ProcessEnv): Settings {
  const given: GivenEnvironment = {};
  for (const name of ENVIRONMENT_NAMES) {
    const value = (LOWER_CASE_TOO.has(name) && textOf(env[name.toLowerCase()])) || textOf(env[name]);
    if (value) given[name] = value;
  }
  const warnings = likelyMisspellings(Object.keys(env));
  const result = environmentSchema.safeParse(given);
  const issues = result.error?.issues ?? [];
  const valueErrors = issues.map(({ path, message }) => ({ name: path[0] as EnvironmentName, message }));
  const misquoted = ENVIRONMENT_NAMES.filter((name) => isMisquoted(given[name]));
  // A misquoted value has no other error: it is reported as misquoted, whatever else is wrong with it.
  const errors = [...valueErrors, ...crossSettingErrors(given)].filter(({ name }) => !misquoted.includes(name));
  for (const name of misquoted) errors.push({ name, message: MISQUOTED });
  errors.sort((a, b) => ENVIRONMENT_NAMES.indexOf(a.name) - ENVIRONMENT_NAMES.indexOf(b.name));
  const mode = slackModeOf(given);
  if (!result.success || mode === undefined || errors.length > 0) {
    throw new ConfigError([...new Set(errors.map(({ name, message }) => `${name} ${message}`))], warnings);
  }
  const fileWarning = result.data.DATABASE_URL.kind === 'sqlite' ? lostFileWarning(env) : undefined;
  if (fileWarning !== undefined) warnings.push(fileWarning);
  if (result.data.MIGRATION_METHOD === 'developer-console') warnings.push(EXPERIMENTAL_WARNING);
  if (result.data.DRY_RUN) warnings.push(DRY_RUN_WARNING);
  return toSettings(result.data, mode, warnings);
}

const OUR_PREFIX = /^(SLACK|ADOBE|PRODUCTION|MIGRATION|REMINDER)_/;
const KNOWN_NAMES: ReadonlySet<string> = new Set(ENVIRONMENT_NAMES);

/** One warning for each variable that looks like a misspelt setting. Names only, never values. */
function likelyMisspellings(names: readonly string[]): string[] {
  const warnings: string[] = [];
  for (const name of names) {
    if (!OUR_PREFIX.test(name) || KNOWN_NAMES.has(name)) continue;
    const meant = ENVIRONMENT_NAMES.find((known) => distance(known, name) <= MAX_EDITS);
    if (meant !== undefined)
      warnings.push(`${name} is not a setting of qs-creds and was ignored: did you mean ${meant}?`);
  }
  return warnings;
}

/**
 * Reads `DATABASE_URL` alone, for tools that need nothing else.
 * @throws {ConfigError}
 */
export function readDatabaseSettings(env: NodeJS.ProcessEnv = process.env): DatabaseSettings {
  const result = environmentSchema.shape.DATABASE_URL.safeParse(textOf(env['DATABASE_URL']) || undefined);
  if (result.success) return result.data;
  throw new ConfigError([`DATABASE_URL ${result.error.issues[0]?.message}`], []);
}

/** `ADOBE_ORG_ID` as given, for commands that need no other setting of Adobe's; null: not set. */
export function readOrganisation(env: NodeJS.ProcessEnv = process.env): string | null {
  return textOf(env['ADOBE_ORG_ID']) || null;
}

const MISQUOTED = 'has quotation marks that are not one pair around the whole value: remove them.';

/** A variable's text, trimmed and without a pair of quotation marks around it: `docker --env-file` keeps them. */
function textOf(value = ''): string {
  const text = value.trim();
  const [, , inner = text] = /^(["'])((?:(?!\1).)*)\1$/s.exec(text) ?? [];
  return inner.trim();
}

function isMisquoted(text = ''): boolean {
  return /^["']|["']$/.test(text);
}

/** If both are set, Socket Mode wins: every app has a signing secret, but only Socket Mode needs an app-level token. */
function slackModeOf(given: GivenEnvironment): SlackMode | undefined {
  if (given.SLACK_APP_TOKEN !== undefined) return { kind: 'socket', appToken: given.SLACK_APP_TOKEN };
  if (given.SLACK_SIGNING_SECRET !== undefined) return { kind: 'http', signingSecret: given.SLACK_SIGNING_SECRET };
  return undefined;
}

const EXPERIMENTAL_WARNING =
  "MIGRATION_METHOD=developer-console is experimental: Adobe does not say whether Query Service's jobs get the new secret. Start with one credential whose failure does no harm, and check its jobs before you go on.";

const DRY_RUN_WARNING =
  'DRY_RUN=true: every migration is a dry run. Nothing that changes anything at Adobe is sent, and migrations that are still queued end as not migrated.';

function toSettings(values: Environment, mode: SlackMode, warnings: readonly string[]): Settings {
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
      productionSandboxes: values.PRODUCTION_SANDBOXES ?? null,
    },
    migration: {
      method: values.MIGRATION_METHOD,
      dryRun: values.DRY_RUN,
      path: values.ADOBE_MIGRATE_PATH,
      uiUrl: values.ADOBE_UI_URL,
      pollMs: values.MIGRATION_POLL_SECONDS,
      expectedMs: values.MIGRATION_EXPECTED_SECONDS,
      timeoutMs: values.MIGRATION_TIMEOUT_SECONDS,
    },
    watch: { lengthMs: values.WATCH_HOURS * 60 * 60 * 1000 },
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
    operationsPort: values.OPERATIONS_PORT ?? null,
    listenAddress: values.LISTEN_ADDRESS ?? null,
    proxy: proxySettings(values),
    extraCertificates: values.NODE_EXTRA_CA_CERTS ?? null,
    logLevel: values.LOG_LEVEL,
    warnings,
  };
}

function proxySettings({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY }: Environment): ProxySettings {
  return {
    ...(HTTPS_PROXY !== undefined && { HTTPS_PROXY }),
    ...(HTTP_PROXY !== undefined && { HTTP_PROXY }),
    ...(NO_PROXY !== undefined && { NO_PROXY }),
  };
}

/** Passwords in a postgres URL, as written and decoded; the driver also accepts them as parameters. */
function databaseSecrets(database: DatabaseSettings): string[] {
  if (database.kind === 'sqlite') return [];
  const url = new URL(database.url);
  const parameters = [...url.searchParams].filter(([name]) => /password/i.test(name)).map(([, value]) => value);
  return [url.password, decodeURIComponent(url.password), ...parameters];
}

function proxySecrets({ HTTPS_PROXY, HTTP_PROXY }: ProxySettings): string[] {
  return [HTTPS_PROXY, HTTP_PROXY]
    .filter((url) => url !== undefined)
    .map((url) => new URL(url).password)
    .flatMap((password) => [password, decodeURIComponent(password)]);
}

/** Every secret value, for the log to redact. */
export function secretsOf(settings: Settings): string[] {
  const { mode, botToken } = settings.slack;
  const secrets = [
    botToken,
    mode.kind === 'http' ? mode.signingSecret : mode.appToken,
    settings.adobe.clientSecret,
    ...databaseSecrets(settings.database),
    ...proxySecrets(settings.proxy),
  ];
  return [...new Set(secrets)].filter((secret) => secret !== '');
}
