import type { Caller, Member } from '../access/access.ts';
import type { Services } from '../services.ts';
import type { Message } from '../slack/messages/blocks.ts';

/** One `/qs-creds …` as somebody typed it, let in by `Access`. */
export interface Invocation {
  readonly caller: Caller;
  readonly person: Member;
  readonly channel: string;
  /** What was typed behind the subcommand, trimmed. From outside. */
  readonly args: string;
  /** All there are, for the help. */
  readonly subcommands: readonly Subcommand[];
  /** The `response_url`; five answers, 30 minutes. */
  readonly responseUrl: string;
  /** Answers the asker alone. */
  readonly reply: (message: Message) => Promise<void>;
}

/** One subcommand: one file, and one line in `commands/index.ts`. */
export interface Subcommand {
  readonly name: string;
  /** What to type, for the help: `list [eligible|mine]`. */
  readonly usage: string;
  /** What it does, for the help: one line. */
  readonly summary: string;
  /** Only for those who may migrate; others neither see it in the help nor may run it. */
  readonly migratorsOnly?: boolean;
  run(invocation: Invocation, services: Services): Promise<void>;
}
