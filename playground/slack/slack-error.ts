import type { Json } from './json.ts';

/** A Slack API error: `{ ok: false, error: code }`. */
export class SlackError extends Error {
  override readonly name = 'SlackError';
  readonly code: string;
  /** Details, for `response_metadata.messages`. */
  readonly messages: readonly string[];
  /** Further fields of the response, such as `needed` and `provided`. */
  readonly fields: Json;

  constructor(code: string, messages: readonly string[] = [], fields: Json = {}) {
    super([code, ...messages].join(': '));
    this.code = code;
    this.messages = messages;
    this.fields = fields;
  }
}
