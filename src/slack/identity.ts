import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { StartError } from '../services/start-error.ts';
import { slackErrorCode } from './errors.ts';

const AuthTest = z
  .object({ team_id: z.string(), user_id: z.string(), bot_id: z.string().default('') })
  .transform(({ team_id, user_id, bot_id }) => ({ teamId: team_id, botUserId: user_id, botId: bot_id }));

export type Identity = z.output<typeof AuthTest>;

/** Who the app is in its workspace; asked once at the start. @throws {StartError} in words for the operator */
export async function identify(client: webApi.WebClient): Promise<Identity> {
  try {
    return AuthTest.parse(await client.auth.test());
  } catch (error) {
    const code = slackErrorCode(error);
    if (code === null)
      throw new StartError(`Slack could not be reached at ${client.slackApiUrl}: try again later.`, error);
    throw new StartError(
      `SLACK_BOT_TOKEN was refused by Slack (${code}): set it to the Bot User OAuth Token from api.slack.com/apps › your app › OAuth & Permissions.`,
      error,
      'settings',
    );
  }
}
