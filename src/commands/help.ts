import type { Member, Migrators } from '../access/access.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { helpMessage } from '../slack/messages/help.ts';
import type { Subcommand } from './subcommand.ts';

/** @param all every subcommand, the help included */
export function helpOn(all: () => readonly Subcommand[]): Subcommand {
  return {
    name: 'help',
    usage: 'help',
    summary: 'show this help',
    async run({ person, reply }, { settings }) {
      await reply(helpFor(person, all(), settings.access.migrators, null));
    },
  };
}

/** Lists what this person may do; `unknown` is what was typed when that is no subcommand. */
export function helpFor(
  person: Member,
  subcommands: readonly Subcommand[],
  migrators: Migrators,
  unknown: string | null,
): Message {
  const lines = subcommands.filter(({ migratorsOnly }) => !migratorsOnly || person.mayMigrate);
  return helpMessage(lines, unknown, person.mayMigrate ? null : migrators);
}
