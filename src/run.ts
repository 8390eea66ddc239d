import { type App, startApp, type Time } from './app.ts';
import { ConfigError, readConfig, secretsOf } from './config/config.ts';
import { createLogger } from './lib/log.ts';
import { StartError } from './lib/start-error.ts';

/** A setting has to be changed before starting again makes sense: sysexits' EX_CONFIG. */
const EX_CONFIG = 78;
/** Platforms kill 10 s after SIGTERM. Milliseconds. */
const STOP_WITHIN_MS = 8_000;

/** Runs the bot as a process: settings from its environment, signals, exit codes. Returns once it serves. */
export async function run(env: NodeJS.ProcessEnv, time: Time): Promise<void> {
  try {
    const settings = readConfig(env);
    const logger = createLogger({ level: settings.logLevel, secrets: secretsOf(settings) });
    for (const warning of settings.warnings) logger.warn(warning);
    // Bolt and its socket leave some promises to nobody; none of them is worth the process.
    process.on('unhandledRejection', (err) =>
      logger.error({ err }, 'a promise was rejected and nobody listened'),
    );
    // From the first moment on: as the first process of a container nothing else would end it.
    let app: App | undefined;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, async () => {
        logger.info({ signal }, 'stopping');
        setTimeout(() => process.exit(0), STOP_WITHIN_MS + 1_000).unref();
        await app?.stop(STOP_WITHIN_MS);
        process.exit(0);
      });
    }
    app = await startApp(settings, { logger, ...time });
  } catch (error) {
    const known = error instanceof ConfigError || error instanceof StartError;
    // One line for what an operator can mend; a stack only for what nobody foresaw.
    const words = error instanceof Error ? (known ? error.message : error.stack) : String(error);
    process.stderr.write(`${words}\n`);
    process.exit(
      error instanceof ConfigError || (error instanceof StartError && error.settings) ? EX_CONFIG : 1,
    );
  }
}
