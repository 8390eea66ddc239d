import { wordsOf } from '../credentials/catalogue.ts';
import { type ListView, syncingMessage } from '../slack/messages/list.ts';
import { listReply } from './list-reply.ts';
import type { Subcommand } from './subcommand.ts';

export const list: Subcommand = {
  name: 'list',
  usage: 'list [eligible|migrated|mine|all|words]',
  summary: 'the non-expiring credentials and their status',
  async run({ args, person, reply }, services) {
    const { sync } = await services.catalogue.overview();
    if (sync.triedAt === null) {
      await reply(syncingMessage());
      await services.sync.run();
    }
    await reply(await listReply(services, person, viewOf(args)));
  },
};

/** Words travel in button values of 2000 characters; nobody searches by more. */
const MOST_CHARACTERS = 200;

function viewOf(args: string): ListView {
  switch (args.toLowerCase()) {
    case '':
    case 'all':
      return { offset: 0 };
    case 'eligible':
      return { status: 'eligible', offset: 0 };
    case 'migrated':
      return { status: 'migrated', offset: 0 };
    case 'mine':
      return { mine: true, offset: 0 };
    default:
      return { words: wordsOf(args.slice(0, MOST_CHARACTERS)), offset: 0 };
  }
}
