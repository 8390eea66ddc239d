import { APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID } from '../state.ts';
import type { Method } from './method.ts';

const authTest: Method = (_args, context) => ({
  url: 'https://local.slack.example/',
  team: context.workspace,
  user: context.appName,
  team_id: TEAM_ID,
  user_id: BOT_USER_ID,
  bot_id: BOT_ID,
  app_id: APP_ID,
  is_enterprise_install: false,
});

/** Needs no token. */
const apiTest: Method = (args) => ({ args });

const openConnection: Method = (_args, context) => ({ url: context.openSocket() });

export const API_TEST = 'api.test';
export const OPEN_CONNECTION = 'apps.connections.open';

export const APP_METHODS: Readonly<Record<string, Method>> = {
  [API_TEST]: apiTest,
  'auth.test': authTest,
  [OPEN_CONNECTION]: openConnection,
};
