import { randomUUID } from 'node:crypto';
import type { Services } from '../services.ts';
import { previewMessage } from '../slack/messages/digest.ts';
import {
  badPauseDateMessage,
  pausedMessage,
  remindNowMessage,
  remindUsageMessage,
  resumedMessage,
} from '../slack/messages/reminders.ts';
import type { Invocation, Subcommand } from './subcommand.ts';

/** Owners looked up in Slack for a preview; more are shown by their email. */
const LOOKED_UP = 10;

export const remind: Subcommand = {
  name: 'remind',
  usage: 'remind preview|now|pause [until]|resume',
  summary: 'preview the reminders, send them now, or pause them',
  migratorsOnly: true,
  async run(invocation, services) {
    const [what = '', until = '', ...rest] = invocation.args.split(/\s+/);
    const { reply } = invocation;
    switch (rest.length === 0 ? what.toLowerCase() : '') {
      case 'preview': {
        const { digest, window, served, snoozed } = await services.reminders.preview(LOOKED_UP);
        return reply(previewMessage(digest, window, served, snoozed));
      }
      case 'now': {
        // Nobody has to be looked up to be asked.
        const { digest } = await services.reminders.preview(0);
        return reply(remindNowMessage(digest, randomUUID()));
      }
      case 'pause':
        return pause(invocation, services, until);
      case 'resume': {
        const resumed = await services.reminders.resume(invocation.person.id);
        return reply(resumedMessage(resumed));
      }
      default:
        return reply(remindUsageMessage());
    }
  },
};

async function pause({ person, reply }: Invocation, { reminders }: Services, until: string): Promise<void> {
  if (until !== '' && !(isDate(until) && until > reminders.today())) {
    return reply(badPauseDateMessage());
  }
  await reply(pausedMessage(await reminders.pause(person.id, until === '' ? null : until)));
}

/** A date that exists, as `YYYY-MM-DD`. */
function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
  );
}
