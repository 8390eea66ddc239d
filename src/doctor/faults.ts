import { webApi } from '@slack/bolt';
import { AdobeError, type AdobeProblem } from '../credentials/adobe-error.ts';
import { DatabaseError } from '../db/database-error.ts';
import { connectionCode, connectionFix } from '../lib/connection-fault.ts';
import { StartError } from '../lib/start-error.ts';
import { slackErrorCode } from '../slack/errors.ts';
import { problemWords } from '../slack/messages/adobe-problems.ts';
import { bad, type Facts, type Outcome } from './outcome.ts';
import { capitalize, plainText, toOperator } from './plain-text.ts';

/** There was no response in time. */
export class NoResponse extends Error {
  override readonly name = 'NoResponse';

  constructor(ms: number) {
    super(`no response within ${ms / 1000} s`);
  }
}

/** IMS's error codes that may be shared; other codes could contain a name. Source: RFC 6749, section 5.2. */
const OAUTH_CODES = /^(invalid_(request|client|grant|scope|token)|unauthorized_client|unsupported_grant_type)$/;

/** What an error says, how to fix it, and which part of it may be shared. */
export function faultOf(error: unknown): Outcome {
  if (error instanceof AdobeError) return adobeFault(error.problem);
  if (error instanceof DatabaseError) return sentenceFault(error.message, { problem: error.detail });
  if (error instanceof StartError) return sentenceFault(error.message, factsOf(error.cause));
  if (error instanceof NoResponse) return noResponseFault(error);
  const code = slackErrorCode(error);
  if (code !== null) return bad(`Slack rejects it (${code})`, `Look ${code} up at docs.slack.dev.`, { code });
  if (error instanceof webApi.WebAPIRateLimitedError) {
    const fix = `Try again in ${error.retryAfter} s.`;
    return bad("Slack's rate limit was reached", fix, { code: 'ratelimited' });
  }
  const network = connectionCode(error);
  if (network !== null) {
    // An error of Slack's: Adobe's are AdobeErrors, the database's DatabaseErrors.
    return bad(`no connection (${network})`, capitalize(`${connectionFix(network, 'SLACK_API_URL')}.`), {
      code: network,
    });
  }
  const words = error instanceof Error ? error.message : String(error);
  return sentenceFault(words, { problem: 'unexpected' });
}

/** `setting`: the setting with the address that did not respond. */
export function noResponseFault({ message }: NoResponse, setting?: string): Outcome {
  const address = setting === undefined ? '' : `${setting}, `;
  const fix = `Check ${address}the network, the firewall, and HTTPS_PROXY if a proxy leads out; then try again.`;
  return bad(message, fix, { problem: 'no response' });
}

/**
 * In the words that people see in Slack, but addressed to an operator. `likelier`: a likelier fix, in sentences. It
 * replaces advice that is about a migration or names every address.
 */
export function adobeFault(problem: AdobeProblem, likelier = ''): Outcome {
  const { what, fix, reference } = problemWords(problem);
  const isReplaced = ['refused', 'no_such_path', 'unreachable'].includes(problem.kind);
  const general = likelier !== '' && isReplaced ? '' : toOperator(plainText(fix));
  const words = [likelier, general, plainText(reference).trim()].filter((part) => part !== '').join(' ');
  return bad(plainText(what), words, problemFacts(problem));
}

/** What may be shared of a problem: its kind, and codes in known formats. */
export function problemFacts({ kind, status, code }: Pick<AdobeProblem, 'kind' | 'status' | 'code'>): Facts {
  const isShareable = code !== undefined && (/^\d{3,8}$/.test(code) || OAUTH_CODES.test(code));
  return { kind, ...(status !== undefined && { status }), ...(isShareable && { code }) };
}

/** Splits a sentence such as "what is wrong: what to do." */
export function sentenceFault(sentence: string, facts: Facts = {}): Outcome {
  const at = sentence.lastIndexOf(': ');
  const fix = sentence.slice(at + 2);
  // A colon within parentheses does not divide the sentence.
  const isDivided = at > 0 && fix.split('(').length === fix.split(')').length;
  if (!isDivided) return bad(sentence.replace(/\.$/, ''), generalFix(sentence, facts), facts);
  return bad(sentence.slice(0, at), capitalize(fix.endsWith('.') ? fix : `${fix}.`), facts);
}

/** The fix if the sentence does not contain one. */
function generalFix(sentence: string, facts: Facts): string {
  if (!('setting' in facts)) return 'Try again; if it stays, --bundle FILE writes a report to share.';
  const what = /\bids?\b/.test(sentence) ? 'where its value is found' : 'what it is for';
  return `Correct it: .env.example says ${what}.`;
}

function factsOf(cause: unknown): Facts {
  const code = slackErrorCode(cause) ?? connectionCode(cause);
  return code === null ? {} : { code };
}
