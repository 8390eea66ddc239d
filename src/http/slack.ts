import { type Logger as BoltLogger, HTTPReceiver } from '@slack/bolt';
import type { SlackListener } from './server.ts';

/** Bolt's code for "not for me"; it throws this from its listener for every path and method it does not serve. */
const NOT_FOR_BOLT = 'slack_bolt_http_receiver_deferred_request_error';

/** The path of every Request URL in manifest.yml. */
export const SLACK_PATH = '/slack/events';

/**
 * Bolt's receiver for HTTP mode, to be served by the operations server: give `receiver` to the Bolt app, `listener` to
 * the server, and never call `app.start()` or `app.stop()`, which are about a server of the receiver's own.
 */
export function createSlackReceiver(options: {
  readonly signingSecret: string;
  readonly logger: BoltLogger;
}): {
  receiver: HTTPReceiver;
  listener: SlackListener;
} {
  const receiver = new HTTPReceiver({ ...options, endpoints: SLACK_PATH });
  return {
    receiver,
    listener: (request, response) => {
      try {
        receiver.requestListener(request, response);
        return 'handled';
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === NOT_FOR_BOLT) return 'not found';
        throw error;
      }
    },
  };
}
