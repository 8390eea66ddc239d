import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { StartError } from '../lib/start-error.ts';
import { slackErrorCode, toTokenError, unreachableWords } from './errors.ts';

const AuthTest = z
  .object({
    team_id: z.string(),
    user_id: z.string(),
    bot_id: z.string().default(''),
    response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
  })
  .transform(({ team_id, user_id, bot_id, response_metadata }) => ({
    teamId: team_id,
    botUserId: user_id,
    botId: bot_id,
    /** The scopes of the bot token; undefined if Slack does not say. */
    scopes: response_metadata?.scopes,
  }));

type Identity = z.output<typeof AuthTest>;

/** Asks Slack once, at the start, who the app is in its workspace. @throws {StartError} with words for the operator */
export async function identify(client: webApi.WebClient): Promise<Identity> {
  try {
    return AuthTest.parse(await client.auth.test());
  } catch (error) {
    const token = 'the Bot User OAuth Token from api.slack.com/apps › your app › OAuth & Permissions';
    const tokenError = toTokenError(error, 'SLACK_BOT_TOKEN', token);
    if (tokenError !== null) throw tokenError;
    const code = slackErrorCode(error);
    if (code !== null) {
      throw new StartError(
        `Slack has a problem of its own (${code}) at ${client.slackApiUrl}: try again later.`,
        error,
      );
    }
    throw new StartError(`Slack could not be reached at ${client.slackApiUrl}: ${unreachableWords(error)}.`, error);
  }
}
