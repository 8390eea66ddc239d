import { type App, startApp, type Time } from './app.ts';
import { ConfigError, EX_CONFIG, readConfig, secretsOf } from './config/config.ts';
import { createLogger } from './lib/log.ts';
import { trustCertificates, useProxy } from './lib/network.ts';
import { StartError } from './lib/start-error.ts';

/** How long a stop may take: platforms send SIGKILL 10 s after SIGTERM. Milliseconds. */
const STOP_WITHIN_MS = 8_000;

/** Runs the bot as a process: settings from `env`, signals, exit codes. Resolves once it serves requests. */
export async function run(env: NodeJS.ProcessEnv, time: Time): Promise<void> {
  try {
    const settings = readConfig(env);
    const logger = createLogger({ level: settings.logLevel, secrets: secretsOf(settings) });
    useProxy(settings.proxy);
    if (settings.extraCertificates !== null) trustCertificates(settings.extraCertificates);
    for (const warning of settings.warnings) logger.warn(warning);
    // Bolt leaves some rejections unhandled; none of them should end the process.
    process.on('unhandledRejection', (err) => logger.error({ err }, 'unhandled rejection'));
    // Before anything starts: PID 1 of a container has no default signal handlers.
    let app: App | undefined;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, async () => {
        logger.info({ signal }, 'stopping');
        const forcedExit = setTimeout(() => {
          logger.warn('could not stop in time; what is left continues from the database at the next start');
          process.exit(0);
        }, STOP_WITHIN_MS + 1_000);
        forcedExit.unref();
        await app?.stop(STOP_WITHIN_MS);
        process.exit(0);
      });
    }
    app = await startApp(settings, { logger, ...time });
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    const isConfigError = error instanceof StartError ? error.isConfigError : error instanceof ConfigError;
    process.exit(isConfigError ? EX_CONFIG : 1);
  }
}

/** One line for what an operator can fix; a stack only for a bug. */
function errorText(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof StartError) return error.message;
  return error instanceof Error ? error.stack : String(error);
}
