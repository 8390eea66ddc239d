import { randomUUID } from 'node:crypto';
import type { Migrator } from '../access/access.ts';
import type { Services } from '../services.ts';
import { message } from '../slack/messages/blocks.ts';
import { pauseLine, previewMessage, remindNowMessage } from '../slack/messages/reminders.ts';
import type { Invocation, Subcommand } from './subcommand.ts';

/** How many owners a preview looks up in Slack; it shows the others by their email. */
const MAX_LOOKUPS = 10;

export const remind: Subcommand = {
  name: 'remind',
  usage: 'remind preview|now|pause [until]|resume',
  summary: 'what would be sent to whom, send it, or stop it for a while',
  migratorsOnly: true,
  async run(invocation, services) {
    const [what = '', until = '', ...rest] = invocation.args.split(/\s+/);
    const { person, reply } = invocation;
    switch (rest.length === 0 ? what.toLowerCase() : '') {
      case 'preview': {
        const { digest, window, served, snoozed } = await services.reminders.preview(person, MAX_LOOKUPS);
        return reply(previewMessage(digest, window, served, snoozed));
      }
      case 'now': {
        // The question needs only the counts.
        const { digest } = await services.reminders.preview(person, 0);
        return reply(remindNowMessage(digest, randomUUID()));
      }
      case 'pause':
        return pause(invocation, services, until);
      case 'resume': {
        const resumed = await services.reminders.resume(person);
        return reply(message([resumed ? '▶️ Reminders go out again.' : 'Reminders are not paused.']));
      }
      default:
        return reply(
          message([
            '`/qs-creds remind preview` shows what would go out now and to whom, `remind now` sends it, `remind pause 2025-07-01` stops it until that day, `remind pause` until `remind resume`.',
          ]),
        );
    }
  },
};

async function pause(
  { person, reply }: Invocation<Migrator>,
  { reminders }: Services,
  until: string,
): Promise<void> {
  if (until !== '' && !(isDate(until) && until > reminders.today())) {
    return reply(
      message(['That is not a day to come. Type it as year-month-day: `/qs-creds remind pause 2025-07-01`.']),
    );
  }
  await reply(message([pauseLine(await reminders.pause(person, until === '' ? null : until))]));
}

/** A date that exists, as `YYYY-MM-DD`. */
function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
  );
}
