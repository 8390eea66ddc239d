import type { Member, Migrators } from '../access/access.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { helpMessage } from '../slack/messages/help.ts';
import type { Subcommand } from './subcommand.ts';

export const help: Subcommand = {
  name: 'help',
  usage: 'help',
  summary: 'show this help',
  async run({ person, subcommands, reply }, { settings }) {
    await reply(helpFor(person, subcommands, settings.access.migrators, null));
  },
};

/** Only what this person may do; `unknown` is what was typed and not understood. */
export function helpFor(
  person: Member,
  subcommands: readonly Subcommand[],
  migrators: Migrators,
  unknown: string | null,
): Message {
  const lines = subcommands.filter(({ migratorsOnly }) => !migratorsOnly || person.mayMigrate);
  return helpMessage(lines, unknown, person.mayMigrate ? null : migrators);
}
