import { distance } from 'fastest-levenshtein';
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
    isReadOnly: true,
    async run({ person, reply }, { settings }) {
      await reply(helpFor(person, all(), settings.access.migrators, null));
    },
  };
}

/** Lists what this person may do; `unknown` is what was typed if it is not a subcommand. */
export function helpFor(
  person: Member,
  subcommands: readonly Subcommand[],
  migrators: Migrators,
  unknown: string | null,
): Message {
  const allowed = subcommands.filter(({ migratorsOnly }) => !migratorsOnly || person.mayMigrate);
  const mistyped = unknown === null ? null : { typed: unknown, nearest: nearestName(unknown, allowed) };
  return helpMessage(allowed, mistyped, person.mayMigrate ? null : migrators);
}

/** Maximum edit distance of a suggestion: one or two typing errors. */
const MAX_SLIPS = 2;

function nearestName(typed: string, subcommands: readonly Subcommand[]): string | null {
  const [nearest] = subcommands
    .map(({ name }) => ({ name, slips: distance(typed.slice(0, 40), name) }))
    .filter(({ name, slips }) => slips <= MAX_SLIPS && slips < name.length / 2)
    .sort((a, b) => a.slips - b.slips);
  return nearest?.name ?? null;
}
