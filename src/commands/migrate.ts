import { askReply } from '../replies/ask.ts';
import { noneMessage, nothingLeftMessage, pickerMessage, severalMessage } from '../slack/views/answers.ts';
import type { Subcommand } from './subcommand.ts';

export const migrate: Subcommand = {
  name: 'migrate',
  usage: 'migrate [name or technical account id]',
  summary: 'asks, then migrates one credential',
  migratorsOnly: true,
  async run({ args, person, channel, responseUrl, reply }, services) {
    const { inventory } = services;
    if (args === '') {
      const { counts } = await inventory.overview();
      return reply(counts.eligible === 0 ? nothingLeftMessage() : pickerMessage(counts.eligible));
    }
    const found = await inventory.find(args);
    switch (found.kind) {
      case 'none':
        return reply(noneMessage(args, found.nearest));
      case 'several':
        return reply(severalMessage(args, found.credentials, found.total, person.mayMigrate));
      case 'one': {
        const from = { channel, questionUrl: responseUrl };
        const answer = await askReply(services, person, found.credential.technicalAccountId, from);
        return answer === null ? undefined : reply(answer);
      }
    }
  },
};
