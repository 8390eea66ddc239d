import { type Logger as BoltLogger, HTTPReceiver } from '@slack/bolt';
import type { BufferedRequest, SlackListener } from '../http/server.ts';
import { DELIVERY } from './answering-app.ts';

/** The path of every Request URL in manifest.yml. */
export const SLACK_PATH = '/slack/events';

const FORM = 'application/x-www-form-urlencoded';
/** As Slack's own limit for what is late, which is all that Bolt checks. Seconds. */
const MOST_AHEAD = 5 * 60;

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
  const receiver = new HTTPReceiver({
    ...options,
    endpoints: SLACK_PATH,
    // Asked for once the signature is verified, of which Bolt reads no more than this.
    customPropertiesExtractor: ({ headers }) => ({
      [DELIVERY]: String(headers['x-slack-signature']).split('=')[1],
    }),
    // What a listener throws ends in `app.error`; here is what Bolt itself could not read, and would answer with 500.
    processEventErrorHandler: async ({ error, response }) => {
      options.logger.warn('a Slack request was not understood', error);
      if (!response.headersSent) response.writeHead(400).end();
      return true;
    },
  });
  return {
    receiver,
    listener: (request, response) => {
      // As it is written: Bolt would also take a way around, such as /slack/%2e/events.
      if (request.method !== 'POST' || request.url?.split('?', 1)[0] !== SLACK_PATH) return 'not found';
      // Bolt takes a form for JSON when its type carries a charset.
      if (request.headers['content-type']?.startsWith(FORM)) request.headers['content-type'] = FORM;
      if (isAhead(request)) {
        options.logger.warn('a Slack request dated ahead of time was refused');
        response.writeHead(401).end();
        return 'handled';
      }
      if (holdsNull(request)) {
        response.writeHead(400).end();
        return 'handled';
      }
      receiver.requestListener(request, response);
      return 'handled';
    },
  };
}

function isAhead({ headers }: BufferedRequest): boolean {
  return Number(headers['x-slack-request-timestamp']) > Date.now() / 1000 + MOST_AHEAD;
}

/** JSON's `null`, over which Bolt fails without ever answering. */
function holdsNull({ headers, rawBody }: BufferedRequest): boolean {
  const text = rawBody.toString();
  const json = headers['content-type'] === FORM ? new URLSearchParams(text).get('payload') : text;
  return json?.trim() === 'null';
}
