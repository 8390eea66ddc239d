import { faqMessage } from '../slack/messages/faq.ts';
import type { Subcommand } from './subcommand.ts';

export const faq: Subcommand = {
  name: 'faq',
  usage: 'faq',
  summary: 'why, by when, and what changes for your jobs',
  isReadOnly: true,
  async run({ reply }, { settings, clock }) {
    await reply(faqMessage(settings.reminders.deadline, settings.migration.method, clock.now()));
  },
};
