import { type Message, textMessage } from './blocks.ts';

/** For an unexpected error; the log has it under `reference`. */
export function errorMessage(reference: string): Message {
  return textMessage(
    `Something went wrong on our side; this started nothing. Try again; if it keeps failing, give an operator the reference \`${reference}\`.`,
  );
}
