import { type Message, textMessage } from './blocks.ts';
import { count } from './formatting.ts';

/**
 * For an unexpected error; the log has it under `reference`. `mayHaveStarted`: a confirmation may have been recorded
 * although its response from the database was lost.
 */
export function errorMessage(reference: string, { mayHaveStarted }: { readonly mayHaveStarted: boolean }): Message {
  const started = mayHaveStarted
    ? '. `/qs-creds status` shows whether the migration waits or runs; if not, ask again'
    : '; this started nothing. Try again';
  return textMessage(
    `Something went wrong on our side${started}; if it keeps failing, give an operator the reference \`${reference}\`.`,
  );
}

/** When Slack limits the rate (HTTP 429). `ms`: what it asks us to wait. */
export function waitMessage(ms: number): Message {
  return textMessage(waitWords(ms));
}

export function waitWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return `Slack asks us to wait about ${count(seconds, 'second')}; try again then.`;
}
