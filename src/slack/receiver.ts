import type { IncomingMessage } from 'node:http';
import { type Logger as BoltLogger, HTTPReceiver, type Receiver, verifySlackRequest } from '@slack/bolt';
import type { BufferedRequest, SlackListener } from '../http/server.ts';
import type { Timer } from '../lib/clock.ts';
import { DELIVERY } from './redelivery.ts';

/** How Slack's requests reach the app, in either mode. Bolt uses it as its receiver, but we call `start` and `stop`. */
export interface SlackReceiver extends Receiver {
  /** HTTP mode: serves the requests on the operations server. Null in Socket Mode. */
  readonly listener: SlackListener | null;
  /** For `/readyz`. */
  state(): { ok: boolean; detail?: string };
}

/** The path of every Request URL in manifest.yml. */
export const SLACK_PATH = '/slack/events';

const FORM = 'application/x-www-form-urlencoded';
/** Slack's limit on the age of a request; we apply it in both directions. */
const MAX_SKEW_SECONDS = 5 * 60;
const SIGNATURE = /^v0=[0-9a-f]{64}$/;

/**
 * Slack's largest payload is that of a press, which repeats the message or view it was in, as form-encoded JSON:
 * below 240 kB for all that the app sends. Bytes.
 */
export const BODY_LIMIT = 512 * 1024;
/** Slack's check of certificates is the only request without a signature, and has two short fields. Bytes. */
const UNSIGNED_BODY_LIMIT = 4 * 1024;

/** Why a request is not accepted as Slack's. */
export type Rejection = 'unsigned' | 'timestamp' | 'signature';

/** HTTP mode: verifies Slack's signature, then hands over to Bolt's receiver. The operations server does the listening. */
export function createHttpReceiver(options: {
  readonly signingSecret: string;
  readonly logger: BoltLogger;
  readonly timer: Pick<Timer, 'every'>;
  /** Metrics hook. */
  readonly onRejection?: (why: Rejection) => void;
}): SlackReceiver {
  const { signingSecret, logger, timer, onRejection } = options;
  const receiver = new HTTPReceiver({
    signingSecret,
    logger,
    // Verified below: rejecting a forged request there requires neither reading its body nor a line of the log.
    signatureVerification: false,
    endpoints: SLACK_PATH,
    // Bolt's function verifies only this part of the header.
    customPropertiesExtractor: ({ headers }) => ({ [DELIVERY]: String(headers['x-slack-signature']).split('=')[1] }),
    // Errors of listeners end in `app.error`. These are requests Bolt cannot read, which it would answer with 500.
    processEventErrorHandler: async ({ error, response }) => {
      logger.warn('a Slack request was not understood', error);
      if (!response.headersSent) response.writeHead(400).end();
      return true;
    },
  });
  const logRejection = createRejectionLog(logger, timer);
  const reject = (why: Rejection) => {
    onRejection?.(why);
    logRejection(why);
    return { status: 401 } as const;
  };
  return {
    init: (app) => receiver.init(app),
    start: async () => {},
    stop: async () => {},
    state: () => ({ ok: true }),
    listener: {
      admit(request) {
        // Compared as sent: Bolt would also accept a path that resolves to it, such as /slack/%2e/events.
        if (request.method !== 'POST' || request.url?.split('?', 1)[0] !== SLACK_PATH) return { status: 404 };
        if (mayBeCertificateCheck(request)) return { bodyLimit: UNSIGNED_BODY_LIMIT };
        if (!isSigned(request)) return reject('unsigned');
        return isTimely(request) ? { bodyLimit: BODY_LIMIT } : reject('timestamp');
      },
      handle(request, response) {
        // Bolt reads a form as JSON if its content type has a charset.
        if (request.headers['content-type']?.startsWith(FORM)) request.headers['content-type'] = FORM;
        const form = new URLSearchParams(request.headers['content-type'] === FORM ? request.rawBody.toString() : '');
        if (form.get('ssl_check') === '1') {
          response.writeHead(200).end();
        } else if (!isSigned(request)) {
          response.writeHead(reject('unsigned').status).end();
        } else if (!isVerified(request, signingSecret)) {
          response.writeHead(reject('signature').status).end();
        } else if ((form.get('payload') ?? request.rawBody.toString()).trim() === 'null') {
          // JSON's `null`: Bolt fails on it and never responds.
          response.writeHead(400).end();
        } else {
          receiver.requestListener(request, response);
        }
      },
    },
  };
}

/** Whether the request may be Slack's check of certificates, judging by its headers. */
function mayBeCertificateCheck({ headers }: IncomingMessage): boolean {
  const isUnsigned = headers['x-slack-signature'] === undefined && headers['x-slack-request-timestamp'] === undefined;
  return isUnsigned && headers['content-type']?.startsWith(FORM) === true;
}

function isSigned({ headers }: IncomingMessage): boolean {
  return (
    SIGNATURE.test(String(headers['x-slack-signature'])) &&
    /^\d{1,13}$/.test(String(headers['x-slack-request-timestamp']))
  );
}

function isTimely({ headers }: IncomingMessage): boolean {
  return Math.abs(Number(headers['x-slack-request-timestamp']) - Date.now() / 1000) <= MAX_SKEW_SECONDS;
}

function isVerified({ headers, rawBody }: BufferedRequest, signingSecret: string): boolean {
  try {
    verifySlackRequest({
      signingSecret,
      body: rawBody.toString(),
      headers: {
        'x-slack-signature': String(headers['x-slack-signature']),
        'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']),
      },
    });
    return true;
  } catch {
    return false;
  }
}

const REJECTION_LOG_MS = 60_000;
const REJECTED =
  "rejected requests that are not signed by Slack; if they are Slack's, check SLACK_SIGNING_SECRET and the clock of this machine";

/** Logs the first rejection at once, then one line a minute with counts, so that no flood of requests fills the log. */
function createRejectionLog(logger: BoltLogger, timer: Pick<Timer, 'every'>): (why: Rejection) => void {
  let counts: Partial<Record<Rejection, number>> = {};
  let stop: (() => void) | undefined;
  const write = () => {
    if (Object.keys(counts).length === 0) {
      stop?.();
      stop = undefined;
      return;
    }
    logger.warn(REJECTED, counts);
    counts = {};
  };
  return (why) => {
    counts[why] = (counts[why] ?? 0) + 1;
    if (stop !== undefined) return;
    write();
    stop = timer.every(REJECTION_LOG_MS, write);
  };
}
