import { noneMessage, severalMessage } from '../slack/messages/search-results.ts';
import { historyReply } from './history-reply.ts';
import type { Subcommand } from './subcommand.ts';

export const history: Subcommand = {
  name: 'history',
  usage: 'history [name]',
  summary: 'who asked, confirmed or was denied access, and what Adobe responded',
  async run({ args, person, reply }, services) {
    if (args === '') return reply(await historyReply(services, { offset: 0 }));
    const found = await services.catalogue.find(args);
    switch (found.kind) {
      case 'none':
        return reply(noneMessage(args, found.nearest));
      case 'several':
        return reply(severalMessage(args, found.credentials, found.total, person.mayMigrate));
      case 'one': {
        const { technicalAccountId } = found.credential;
        return reply(await historyReply(services, { technicalAccountId, offset: 0 }));
      }
    }
  },
};
