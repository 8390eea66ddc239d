import type { Member, Migrator } from '../access/access.ts';
import type { Services } from '../services.ts';
import type { Message } from '../slack/messages/blocks.ts';
import type { Mentions } from './typed-text.ts';

/** One `/qs-creds …` as typed by a person who may use it. */
export interface Invocation<Person extends Member = Member> {
  readonly person: Person;
  readonly channel: string;
  /** What was typed after the subcommand, trimmed. From outside. */
  readonly args: string;
  /** The people mentioned in it. */
  readonly mentions: Mentions;
  /** The `response_url`, which takes five replies within 30 minutes. */
  readonly responseUrl: string;
  /** Replies only to the person. */
  readonly reply: (message: Message) => Promise<void>;
}

/** One subcommand: one file, and one line in `commands/index.ts`. */
export type Subcommand = {
  readonly name: string;
  /** What to type, for the help: `list [eligible|mine]`. */
  readonly usage: string;
  /** What it does, for the help: one line. */
  readonly summary: string;
  /** The subcommand changes nothing: a person who was verified within the last minute is not looked up again. */
  readonly isReadOnly?: true;
} & (
  | { readonly migratorsOnly?: false; run(invocation: Invocation, services: Services): Promise<void> }
  | {
      /** Other members neither see it in the help nor may run it. */
      readonly migratorsOnly: true;
      run(invocation: Invocation<Migrator>, services: Services): Promise<void>;
    }
);
