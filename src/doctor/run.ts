import type { webApi } from '@slack/bolt';
import { EX_CONFIG, type Settings, secretsOf } from '../config/config.ts';
import { summarizeSettings } from '../config/summary.ts';
import { readValidPart, type ValidPart } from '../config/valid-part.ts';
import { SqlSyncStore } from '../credentials/sync-store.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../lib/clock.ts';
import { createLogger } from '../lib/log.ts';
import { trustCertificates, useProxy } from '../lib/network.ts';
import { createRedactor } from '../lib/redaction.ts';
import { boltLogger } from '../slack/bolt-logger.ts';
import { checkAdobe } from './adobe.ts';
import { HELP, type Options, parseOptions } from './arguments.ts';
import { assertNew, bundleOf, writeBundle } from './bundle.ts';
import { CheckRun } from './check.ts';
import { checkClock } from './clock.ts';
import { checkDatabase, closeDatabase } from './database.ts';
import type { KnownIntegrations } from './join.ts';
import { documentOf, lineOf, summaryOf } from './report.ts';
import { checkEnvironment, checkSettings } from './settings.ts';
import { checkSlack } from './slack.ts';
import { type DatabaseSummary, summarizeDatabase } from './store.ts';

/** How long one check may take without a sign of life. Milliseconds. */
const TIMEOUT_MS = 10_000;

/** What the doctor needs from outside, besides the network and files. */
interface Surroundings {
  readonly clock: Clock;
  /** Standard output; `writeError` is standard error, for invalid arguments. */
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Instead of `TIMEOUT_MS`. */
  readonly timeoutMs?: number;
}

/** Checks everything that can be checked without changing anything. @returns the exit code */
export async function runDoctor(
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  around: Surroundings,
): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
    if (options.bundle !== null) assertNew(options.bundle);
  } catch (error) {
    around.writeError(`${(error as Error).message}\n\n${HELP}`);
    return 1;
  }
  if (options.help) {
    around.write(HELP);
    return 0;
  }
  return examine(env, options, around);
}

async function examine(env: NodeJS.ProcessEnv, options: Options, around: Surroundings): Promise<number> {
  const part = readValidPart(env);
  const redact = createRedactor(secretsIn(env, part.settings));
  const clean = <T>(value: T): T => JSON.parse(redact(JSON.stringify(value)));
  const run = new CheckRun({
    wrong: part.wrong,
    timeoutMs: around.timeoutMs ?? TIMEOUT_MS,
    onResult: (result) => {
      if (!options.json) around.write(`${clean(lineOf(result))}\n`);
    },
  });
  checkSettings(run, part);
  let database: DatabaseSummary | null = null;
  if (part.settings !== null) database = await checkTheRest(run, part.settings, env, options, around);

  if (options.json) around.write(`${JSON.stringify(clean(documentOf(run.results)), null, 2)}\n`);
  else around.write(`${summaryOf(run.results)}\n`);
  if (options.bundle !== null) {
    const settings = summarizeSettings(env, part.wrong);
    const bundle = clean(bundleOf({ at: around.clock.now(), settings, results: run.results, database }));
    try {
      await writeBundle(options.bundle, bundle);
    } catch (error) {
      around.writeError(`${(error as Error).message}\n`);
      return exitCode(run, part) || 1;
    }
    if (!options.json) around.write(`A report to share was written to ${options.bundle}.\n`);
  }
  return exitCode(run, part);
}

function exitCode(run: CheckRun, { errors }: ValidPart): number {
  if (errors.length > 0) return EX_CONFIG;
  return run.results.some(({ ok }) => ok === false) ? 1 : 0;
}

/** Every secret, even if the settings are invalid otherwise. */
function secretsIn(env: NodeJS.ProcessEnv, settings: Settings | null): string[] {
  const given = Object.entries(env).flatMap(([name, value]) =>
    /TOKEN|SECRET|PASSWORD/.test(name) && value !== undefined ? [value.trim()] : [],
  );
  return [...given, ...(settings === null ? [] : secretsOf(settings))].filter((secret) => secret !== '');
}

async function checkTheRest(
  run: CheckRun,
  settings: Settings,
  env: NodeJS.ProcessEnv,
  { post }: Options,
  { clock }: Surroundings,
): Promise<DatabaseSummary | null> {
  const { proxy, extraCertificates } = settings;
  const undo = [useProxy(proxy), ...(extraCertificates === null ? [] : [trustCertificates(extraCertificates)])];
  let db: Database | null = null;
  try {
    const logger = boltLogger(createLogger({ level: 'silent', secrets: [] }));
    const clientOptions: webApi.WebClientOptions = {
      slackApiUrl: settings.slack.apiUrl,
      logger,
      timeout: 6_000,
      retryConfig: { retries: 1, minTimeout: 300, maxTimeout: 300 },
      rejectRateLimitedCalls: true,
    };
    await checkEnvironment(run, settings, env);
    db = await checkDatabase(run, settings.database);
    await checkClock(run, settings, () => clock.now());
    await checkSlack(run, settings, { clientOptions, logger, mayPost: post });
    await checkAdobe(run, settings, { clock, known: await knownIntegrations(db) });
    return db === null ? null : await summarizeDatabase(db).catch(() => null);
  } finally {
    for (const each of undo) each();
    if (db !== null) await closeDatabase(db);
  }
}

/** Integrations that a sync has read: they need not be read again. */
async function knownIntegrations(db: Database | null): Promise<KnownIntegrations> {
  if (db === null) return new Map();
  const known = await new SqlSyncStore(db).knownIntegrations().catch(() => new Map());
  return new Map([...known].map(([id, { technicalAccountId }]) => [id, technicalAccountId]));
}
