import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Migrator } from '../access/access.ts';
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

const ExistingDate = z.iso.date();
/** How many owners a preview looks up in Slack; it shows the others by their email. */
const MAX_LOOKUPS = 10;

export const remind: Subcommand = {
  name: 'remind',
  usage: 'remind preview|now|pause [until]|resume',
  summary: 'preview the reminders, send them now, or pause them',
  migratorsOnly: true,
  async run(invocation, services) {
    const [what = '', until = '', ...rest] = invocation.args.split(/\s+/);
    const { person, reply } = invocation;
    switch (rest.length === 0 ? what.toLowerCase() : '') {
      case 'preview': {
        const { digest, ...when } = await services.reminders.preview(person, MAX_LOOKUPS);
        return reply(previewMessage(digest, when));
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
        return reply(resumedMessage(resumed));
      }
      default:
        return reply(remindUsageMessage());
    }
  },
};

async function pause({ person, reply }: Invocation<Migrator>, { reminders }: Services, until: string): Promise<void> {
  if (until !== '' && !(ExistingDate.safeParse(until).success && until > reminders.today())) {
    return reply(badPauseDateMessage());
  }
  await reply(pausedMessage(await reminders.pause(person, until === '' ? null : until)));
}
