import { nothingLeftMessage } from '../slack/messages/ask-replies.ts';
import { pickerMessage } from '../slack/messages/picker.ts';
import { noneMessage, severalMessage } from '../slack/messages/search-results.ts';
import { askReply } from './ask-reply.ts';
import type { Subcommand } from './subcommand.ts';

export const migrate: Subcommand = {
  name: 'migrate',
  usage: 'migrate [name or technical account id]',
  summary: 'migrate one credential, after a confirmation',
  migratorsOnly: true,
  async run({ args, person, channel, responseUrl, reply }, services) {
    const { catalogue } = services;
    if (args === '') {
      const { counts } = await catalogue.overview();
      return reply(counts.eligible === 0 ? nothingLeftMessage() : pickerMessage(counts.eligible));
    }
    const found = await catalogue.find(args);
    switch (found.kind) {
      case 'none':
        return reply(noneMessage(args, found.nearest));
      case 'several':
        return reply(severalMessage(args, found.credentials, found.total, person.mayMigrate));
      case 'one': {
        const from = { channel, responseUrl: responseUrl };
        const answer = await askReply(services, person, found.credential.technicalAccountId, from);
        return answer === null ? undefined : reply(answer);
      }
    }
  },
};
