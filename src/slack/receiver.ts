import { type Logger as BoltLogger, HTTPReceiver, type Receiver } from '@slack/bolt';
import type { BufferedRequest, SlackListener } from '../http/server.ts';
import { DELIVERY } from './redelivery.ts';

/** How Slack's requests reach the app, in either mode. Bolt gets it as its receiver; `start` and `stop` are called by us. */
export interface SlackReceiver extends Receiver {
  /** HTTP mode: serves the requests on the operations server. Null in Socket Mode. */
  readonly listener: SlackListener | null;
  /** For `/readyz`. */
  state(): { ok: boolean; detail?: string };
}

/** The path of every Request URL in manifest.yml. */
export const SLACK_PATH = '/slack/events';

const FORM = 'application/x-www-form-urlencoded';
/** Bolt checks only how old a request is, with the same limit. Seconds. */
const MAX_AHEAD = 5 * 60;

/** HTTP mode: Bolt's receiver behind the operations server, which does the listening. */
export function createHttpReceiver(options: {
  readonly signingSecret: string;
  readonly logger: BoltLogger;
}): SlackReceiver {
  const { logger } = options;
  const receiver = new HTTPReceiver({
    ...options,
    endpoints: SLACK_PATH,
    // Called after the signature is verified. Bolt verifies only this part of the header.
    customPropertiesExtractor: ({ headers }) => ({ [DELIVERY]: String(headers['x-slack-signature']).split('=')[1] }),
    // Errors of listeners end in `app.error`. These are requests Bolt cannot read, which it would answer with 500.
    processEventErrorHandler: async ({ error, response }) => {
      logger.warn('a Slack request was not understood', error);
      if (!response.headersSent) response.writeHead(400).end();
      return true;
    },
  });
  return {
    init: (app) => receiver.init(app),
    start: async () => {},
    stop: async () => {},
    state: () => ({ ok: true }),
    listener(request, response) {
      // Compared as sent: Bolt would also accept a path that resolves to it, such as /slack/%2e/events.
      if (request.method !== 'POST' || request.url?.split('?', 1)[0] !== SLACK_PATH) return 'not found';
      // Bolt takes a form for JSON when its content type has a charset.
      if (request.headers['content-type']?.startsWith(FORM)) request.headers['content-type'] = FORM;
      if (isAhead(request)) {
        logger.warn('rejected a Slack request with a timestamp in the future');
        response.writeHead(401).end();
      } else if (isNull(request)) {
        response.writeHead(400).end();
      } else {
        receiver.requestListener(request, response);
      }
      return 'handled';
    },
  };
}

function isAhead({ headers }: BufferedRequest): boolean {
  return Number(headers['x-slack-request-timestamp']) > Date.now() / 1000 + MAX_AHEAD;
}

/** Whether the payload is JSON's `null`: Bolt fails on it and never responds. */
function isNull({ headers, rawBody }: BufferedRequest): boolean {
  const text = rawBody.toString();
  const json = headers['content-type'] === FORM ? new URLSearchParams(text).get('payload') : text;
  return json?.trim() === 'null';
}
