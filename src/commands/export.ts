import { exportComingMessage, exportFailedMessage } from '../slack/messages/export.ts';
import type { Subcommand } from './subcommand.ts';

export const exportList: Subcommand = {
  name: 'export',
  usage: 'export',
  summary: 'all credentials as a CSV file, by direct message',
  async run({ person, reply }, { exports }) {
    await reply(exportComingMessage());
    const outcome = await exports.send(person);
    if (outcome.kind !== 'sent') await reply(exportFailedMessage(outcome));
  },
};
