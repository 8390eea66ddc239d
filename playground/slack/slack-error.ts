import type { Json } from './json.ts';

/** A refusal in Slack's own words: `{ ok: false, error: code }`. */
export class SlackError extends Error {
  override readonly name = 'SlackError';
  readonly code: string;
  /** What is wrong, for `response_metadata.messages`. */
  readonly messages: readonly string[];
  /** Further fields of the answer, such as `needed` and `provided`. */
  readonly fields: Json;

  constructor(code: string, messages: readonly string[] = [], fields: Json = {}) {
    super([code, ...messages].join(': '));
    this.code = code;
    this.messages = messages;
    this.fields = fields;
  }
}
