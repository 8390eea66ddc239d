import type { Services } from '../services.ts';
import { MAX_EDITED_TEXT, type Message, type Row } from '../slack/messages/blocks.ts';
import { ownerMessage } from '../slack/messages/reminders.ts';
import type { Press, SlackViews } from './press.ts';

/** Edits the pressed reminder to its current state with the row `said`; if that fails, replies with `fallback`. */
export async function showReminder(
  { person, message, reply }: Pick<Press, 'person' | 'message' | 'reply'>,
  { reminders, clock, settings }: Services,
  views: SlackViews,
  fallback: Message,
  said: Row | null = null,
): Promise<void> {
  if (message === null) return reply(fallback);
  const reminder = await reminders.reminderFor(person);
  const edited = ownerMessage(reminder, clock.now(), settings.access.migrators, { maxText: MAX_EDITED_TEXT, said });
  await views.edit(message, edited).catch(() => reply(fallback));
}
