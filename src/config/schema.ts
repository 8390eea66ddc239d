/** The one schema of all settings: names, checks, defaults, and where a person finds each value. */

import { distance } from 'fastest-levenshtein';
import type { LevelWithSilent } from 'pino';
import { z } from 'zod';
import type { MethodName } from '../migrations/steps.ts';
import {
  certificateFile,
  cronExpression,
  databaseUrl,
  list,
  optional,
  pageUrl,
  proxyUrl,
  required,
  seconds,
  serviceUrl,
  timeZone,
  wholeNumber,
  yesNo,
} from './fields.ts';

const SLACK_APP = 'api.slack.com/apps › your app';
const ADOBE_CREDENTIAL = 'developer.adobe.com/console › your project › OAuth Server-to-Server';

/** The scopes of an OAuth Server-to-Server credential with the Experience Platform and I/O Management APIs. */
const EXPERIENCE_PLATFORM_SCOPES =
  'openid,AdobeID,read_organizations,additional_info.projectedProductContext,additional_info.roles,adobeio_api,session';

const METHODS = ['query-service', 'developer-console', 'hand-off'] as const satisfies MethodName[];

/** Up to this edit distance, a name counts as a misspelling of another. */
export const MAX_EDITS = 2;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const satisfies LevelWithSilent[];

/**
 * In the order of `.env.example` and of reported errors. `npm run docs` writes `.env.example` and the README's table
 * from the descriptions and examples.
 */
export const environmentSchema = z.object({
  SLACK_BOT_TOKEN: required(
    `the Bot User OAuth Token from ${SLACK_APP} › OAuth & Permissions`,
    /^xoxb-[\x21-\x7e]+$/,
    'must start with xoxb-',
  ).meta({ description: 'Bot User OAuth Token, from OAuth & Permissions.', examples: ['xoxb-…'] }),
  SLACK_SIGNING_SECRET: optional(`the Signing Secret from ${SLACK_APP} › Basic Information`).meta({
    description:
      'HTTP mode: Signing Secret, from Basic Information › App Credentials. Not needed with SLACK_APP_TOKEN.',
  }),
  PORT: wholeNumber(65_535, 'must be a port number from 0 to 65535 (0: any free one).')
    .prefault('3000')
    .meta({
      description:
        "Port for Slack's requests at /slack/events (HTTP mode), and for /healthz, /readyz and /metrics (both modes).",
    }),
  OPERATIONS_PORT: wholeNumber(
    65_535,
    'must be a port number from 0 to 65535 (0: any free one), or empty, so that PORT serves everything.',
  )
    .optional()
    .meta({
      description:
        'Separate port for /readyz and /metrics, not to be reached from outside. PORT then serves /healthz, but not these two.',
      examples: ['9090'],
    }),
  LISTEN_ADDRESS: z
    .union([z.ipv4(), z.ipv6()], 'must be an IP address of this machine, such as 127.0.0.1, or empty for all of them.')
    .optional()
    .meta({
      description:
        'Address to listen on, for instance behind a proxy on the same machine. Empty: every address of the machine.',
      examples: ['127.0.0.1'],
    }),
  SLACK_APP_TOKEN: optional(
    `an App-Level Token with connections:write from ${SLACK_APP} › Basic Information, or leave it empty for HTTP mode`,
    /^xapp-[\x21-\x7e]+$/,
    'must start with xapp-',
  ).meta({
    description:
      'Socket Mode instead of HTTP: App-Level Token with connections:write, from Basic Information › App-Level Tokens.',
    examples: ['xapp-…'],
  }),
  SLACK_API_URL: serviceUrl('https://slack.com/api/')
    .transform((url) => `${url}/`)
    .meta({ description: "Slack's address. Only tests and emulators change it." }),
  ADOBE_CLIENT_ID: required(`the Client ID from ${ADOBE_CREDENTIAL}`).meta({ description: 'Client ID.' }),
  ADOBE_CLIENT_SECRET: required(`the Client Secret from ${ADOBE_CREDENTIAL} › Retrieve client secret`).meta({
    description: 'Client secret: Retrieve client secret.',
    examples: ['p8e-…'],
  }),
  ADOBE_ORG_ID: required(
    `the Organization ID from ${ADOBE_CREDENTIAL}`,
    /^[0-9A-Za-z]+@AdobeOrg$/,
    'must end in @AdobeOrg, with only letters and digits before',
  ).meta({ description: 'Organization ID.', examples: ['0A1B2C3D@AdobeOrg'] }),
  ADOBE_SCOPES: list(
    /^[\w.:/-]+$/,
    `must be a comma-separated list of scopes: copy it from ${ADOBE_CREDENTIAL} › Scopes, or leave it empty for the default ones.`,
  )
    .prefault(EXPERIENCE_PLATFORM_SCOPES)
    .meta({
      description: 'Scopes, copied from there as a comma-separated list. docs/adobe.md says which call needs which.',
    }),
  ADOBE_IMS_URL: serviceUrl('https://ims-na1.adobelogin.com').meta({
    description: "Adobe's address for tokens (IMS). Only tests change it.",
  }),
  ADOBE_PLATFORM_URL: serviceUrl('https://platform.adobe.io').meta({
    description: 'Address of Adobe Experience Platform. Only tests change it.',
  }),
  ADOBE_CONSOLE_URL: serviceUrl('https://developers.adobe.io').meta({
    description: "Address of the Developer Console's API. Only tests change it.",
  }),
  ADOBE_SANDBOXES: list(
    /^[a-z0-9-]+$/,
    'must be a comma-separated list of sandbox names (lower-case letters, digits, hyphens), as in Experience Platform › Sandboxes › Name.',
  )
    .prefault('prod')
    .meta({
      description: 'Sandboxes to read, as in Experience Platform › Sandboxes › Name. A comma-separated list.',
      examples: ['prod,dev-emea'],
    }),
  PRODUCTION_SANDBOXES: list(/./, 'must be a comma-separated list of names from ADOBE_SANDBOXES, or empty.')
    .optional()
    .meta({
      description:
        'Sandboxes that are production, where a migration takes the typed name of the credential. A comma-separated list from ADOBE_SANDBOXES. Empty: every sandbox with prod, prd or live in its name.',
      examples: ['prod'],
    }),
  MIGRATION_METHOD: z
    .enum(METHODS, `must be one of ${METHODS.join(', ')}.`)
    .prefault('query-service')
    .meta({
      description:
        "query-service: the call that Adobe's Credentials tab is believed to make, in one step. developer-console: the published calls, in two steps, each with its own confirmation; experimental, since Adobe does not say whether Query Service gets the new secret. hand-off: the bot asks, a person presses Migrate in Adobe, and the bot watches; relies only on what Adobe publishes.",
      examples: ['hand-off'],
    }),
  ADOBE_MIGRATE_PATH: z
    .string()
    .regex(
      /^\/(?!\/)(?=.*\{technicalAccountId\})[^\s#\\]+$/,
      'must be a path that starts with / and contains {technicalAccountId}.',
    )
    .prefault('/data/foundation/queryauth/accounts/{technicalAccountId}/migrate')
    .meta({
      description:
        "Path of the call with which query-service starts a migration. Adobe does not document it: compare it with your browser's network tab.",
    }),
  ADOBE_UI_URL: pageUrl('https://experience.adobe.com/#/platform').meta({
    description:
      "Page on which a person presses Migrate. {sandbox} stands for the sandbox's name. Put it in quotation marks, since it contains a #.",
  }),
  MIGRATION_POLL_SECONDS: seconds(60, '5').meta({ description: "Seconds between two reads of a migration's status." }),
  MIGRATION_EXPECTED_SECONDS: seconds(3600, '40').meta({ description: 'Seconds that a migration usually takes.' }),
  MIGRATION_TIMEOUT_SECONDS: seconds(3600, '300').meta({
    description: 'Seconds until a migration without an outcome needs attention.',
  }),
  WATCH_HOURS: wholeNumber(168, 'must be a whole number of hours from 0 to 168 (0: do not watch).')
    .prefault('24')
    .meta({ description: "Hours for which the bot watches a migrated credential's jobs. 0: none." }),
  MIGRATORS: list(
    /^[UWS][A-Z0-9]{4,}$/,
    'must be a comma-separated list of Slack user ids (U… or W…, from a profile › ⋮ › Copy member ID) and user group ids (S…, from the group › ⋮ › Copy group ID).',
  )
    .optional()
    .meta({
      description:
        'Who may migrate: Slack user ids (profile › ⋮ › Copy member ID) and user group ids, a comma-separated list. Empty: workspace admins and owners.',
      examples: ['U0ADMIN1,S0GROUP1'],
    }),
  REQUIRE_SECOND_PERSON: yesNo('false').meta({
    description:
      'true: the person who confirms must not be the one who asked, so at least two people have to be migrators. Advised for production.',
  }),
  DRY_RUN: yesNo('false').meta({
    description:
      'true: every migration is a dry run, with the same questions, checks and access. Nothing that changes anything at Adobe is sent, not even what was confirmed before.',
  }),
  DATABASE_URL: databaseUrl('file:./data/qs-creds.db').meta({
    description:
      'SQLite file on a persistent disk, or PostgreSQL for several instances and for platforms that empty the disk (Heroku). TLS: ?sslmode=verify-full, or no-verify; see docs/database.md.',
    examples: ['postgres://user:password@host:5432/name'],
  }),
  DEADLINE: z.iso
    .date('must be an existing date in the form year-month-day, such as 2025-06-30.')
    .prefault('2025-06-30')
    .meta({ description: 'The last day to migrate, as year-month-day.' }),
  REMINDER_CHANNEL: z
    .string()
    .regex(
      /^[CG][A-Z0-9]{4,}$/,
      'must be a Slack channel id (C… or G…, from the channel › About, at the bottom), or empty.',
    )
    .optional()
    .meta({
      description:
        'Id of the channel for the digest (channel › About, at the bottom); invite the bot to it. Empty: none.',
      examples: ['C0CHANNEL'],
    }),
  REMINDER_CRON: cronExpression('0 9 * * 1-5').meta({
    description: 'When the bot checks for due reminders: minute, hour, day, month, weekday.',
  }),
  REMINDER_TIMEZONE: timeZone('UTC').meta({
    description: 'Time zone of REMINDER_CRON and of calendar days: an IANA name.',
    examples: ['Europe/Berlin'],
  }),
  REMINDER_DAYS: list(
    /^\d{1,4}$/,
    'must be a comma-separated list of whole days before the deadline, such as 60,30,14,7,3,2,1,0.',
  )
    .transform((days) => [...new Set(days.map(Number))].sort((a, b) => b - a))
    .prefault('60,30,14,7,3,2,1,0')
    .meta({ description: 'Days before the deadline on which reminders are sent.' }),
  SYNC_CRON: cronExpression('*/15 * * * *').meta({
    description: 'When the bot reads Adobe in the background: minute, hour, day, month, weekday.',
  }),
  HTTPS_PROXY: proxyUrl().meta({
    description: 'Proxy for requests to Slack and Adobe, with user:password@ if it requires them.',
    examples: ['http://proxy.example.com:8080'],
  }),
  HTTP_PROXY: proxyUrl().meta({ description: 'Used if HTTPS_PROXY is empty.' }),
  NO_PROXY: z
    .string()
    .optional()
    .meta({
      description: 'Hosts to connect to without the proxy: a comma-separated list. .example.com: all hosts below it.',
      examples: ['.example.com'],
    }),
  NODE_EXTRA_CA_CERTS: certificateFile().meta({
    description: "PEM file of certificates to trust in addition to Node's own, for instance with TLS inspection.",
    examples: ['company-ca.pem'],
  }),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}.`)
    .prefault('info')
    .meta({ description: 'trace, debug, info, warn, error, fatal or silent; JSON lines on stdout.' }),
});

export type EnvironmentName = keyof typeof environmentSchema.shape;
export type Environment = z.output<typeof environmentSchema>;

/** Every variable that qs-creds reads, in the order of `.env.example`. */
export const ENVIRONMENT_NAMES = environmentSchema.keyof().options;

/** Variables that are often written in lower case, which then takes precedence, as with curl. */
export const LOWER_CASE_TOO: ReadonlySet<EnvironmentName> = new Set(['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']);

/** The variables as given, trimmed, without empty ones. */
export type GivenEnvironment = Partial<Record<EnvironmentName, string>>;

/** Errors in the combination of settings, by the name to correct. Found even if other settings are wrong too. */
export function crossSettingErrors(given: GivenEnvironment): { name: EnvironmentName; message: string }[] {
  const errors: { name: EnvironmentName; message: string }[] = [];
  if (given.SLACK_SIGNING_SECRET === undefined && given.SLACK_APP_TOKEN === undefined) {
    const message = `is missing: set it to the Signing Secret from ${SLACK_APP} › Basic Information, or set SLACK_APP_TOKEN for Socket Mode.`;
    errors.push({ name: 'SLACK_SIGNING_SECRET', message });
  }
  const field = environmentSchema.shape;
  const port = field.OPERATIONS_PORT.safeParse(given.OPERATIONS_PORT);
  if (port.data && port.data === field.PORT.safeParse(given.PORT).data) {
    errors.push({ name: 'OPERATIONS_PORT', message: 'must differ from PORT, or be empty.' });
  }
  const timeout = field.MIGRATION_TIMEOUT_SECONDS.safeParse(given.MIGRATION_TIMEOUT_SECONDS);
  for (const name of ['MIGRATION_POLL_SECONDS', 'MIGRATION_EXPECTED_SECONDS'] as const) {
    const value = field[name].safeParse(given[name]);
    if (value.success && timeout.success && value.data > timeout.data) {
      errors.push({ name, message: 'must not exceed MIGRATION_TIMEOUT_SECONDS.' });
    }
  }
  const [migrator, ...others] = field.MIGRATORS.safeParse(given.MIGRATORS).data ?? [];
  if (given.REQUIRE_SECOND_PERSON === 'true' && migrator?.startsWith('S') === false && others.length === 0) {
    const message = 'needs a second person, but MIGRATORS names only one user: add another user or a user group to it.';
    errors.push({ name: 'REQUIRE_SECOND_PERSON', message });
  }
  const sandboxes = field.ADOBE_SANDBOXES.safeParse(given.ADOBE_SANDBOXES);
  const production = field.PRODUCTION_SANDBOXES.safeParse(given.PRODUCTION_SANDBOXES);
  if (sandboxes.success && production.data) {
    for (const message of unknownProduction(production.data, sandboxes.data))
      errors.push({ name: 'PRODUCTION_SANDBOXES', message });
  }
  return errors;
}

function unknownProduction(production: readonly string[], sandboxes: readonly string[]): string[] {
  const messages: string[] = [];
  for (const [i, name] of production.entries()) {
    if (sandboxes.includes(name)) continue;
    const meant = sandboxes.find((sandbox) => distance(sandbox, name.toLowerCase()) <= MAX_EDITS);
    const hint = meant === undefined ? 'add it there as well.' : `did you mean ${meant}?`;
    messages.push(`may only name sandboxes from ADOBE_SANDBOXES, but its entry ${i + 1} is not one of them: ${hint}`);
  }
  return messages;
}
