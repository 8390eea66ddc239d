import { type Message, textMessage } from './blocks.ts';

/** What `npm run doctor -- --post` posts in the reminder channel. */
export function doctorMessage(): Message {
  return textMessage('An operator tests this channel: qs-creds can post its reminders here. No action needed.');
}
