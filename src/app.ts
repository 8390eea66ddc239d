import type { App, Logger as BoltLogger, Receiver, webApi } from '@slack/bolt';
import { registerActions } from './actions/router.ts';
import { registerCommands } from './commands/router.ts';
import type { Services } from './replies/services.ts';
import type { Logger } from './services/logger.ts';
import { AnsweringApp } from './slack/answering-app.ts';
import type { Desk } from './slack/desk.ts';
import type { Identity } from './slack/identity.ts';
import type { SlackSurface } from './slack/surface.ts';

export interface AppParts {
  readonly receiver: Receiver;
  readonly botToken: string;
  readonly identity: Identity;
  readonly clientOptions: webApi.WebClientOptions;
  readonly services: Services;
  readonly desk: Desk;
  readonly surface: SlackSurface;
  readonly logger: Logger;
  readonly boltLogger: BoltLogger;
  readonly count: { command(subcommand: string): void; action(action: string): void };
}

/** The Bolt app with everything registered. */
export function createApp(parts: AppParts): App {
  const { receiver, botToken, identity, clientOptions, services, desk, surface, logger, count } = parts;
  const app = new AnsweringApp(
    {
      receiver,
      clientOptions,
      logger: parts.boltLogger,
      // Asked once at the start; Bolt would ask Slack who the app is at every request.
      authorize: async () => ({ botToken, ...identity }),
    },
    logger,
  );
  registerCommands(app, services, desk, (subcommand) => count.command(subcommand));
  registerActions(app, services, desk, surface, (action) => count.action(action));
  // Whatever was not foreseen: a payload of an unknown form, mostly. Nothing was done by it.
  app.error(async (error) => logger.error({ err: error }, 'a Slack request was not understood'));
  return app;
}
