import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import type { MethodName, Step } from '../../src/migrations/steps.ts';
import type { World } from '../process/world.ts';
import { ADMIN } from '../support/people.ts';

/** How an act ended, as its message says. */
export type End = 'done' | 'not done' | 'needs attention';

/** What messages say about an act, before or around the name. */
interface Words {
  readonly question: string | null;
  readonly accepted: string;
  readonly done: string;
  readonly notDone: string;
}

const WHOLE: Words = {
  question: 'Migrate',
  accepted: 'The migration of NAME was confirmed',
  done: '*Migrated*',
  notDone: '*Not migrated*',
};

const IN_CONSOLE: Readonly<Record<Step, Words>> = {
  start: {
    question: 'Begin the migration of',
    accepted: 'Beginning the migration of NAME was confirmed',
    done: '*Both credentials exist now*',
    notDone: '*Not begun*',
  },
  finish: {
    question: 'Finish the migration of',
    accepted: 'Finishing the migration of NAME was confirmed',
    done: '*Migrated*',
    notDone: '*Not finished*',
  },
  cancel: {
    question: null,
    accepted: 'Undoing the migration of NAME: recorded as asked and confirmed by you',
    done: '*Undone*',
    notDone: '*Not undone*',
  },
};

const ATTENTION = '*Needs attention*';
/** The heading of the message that says what to press in Adobe. */
export const TO_PRESS = '*Press Migrate in Adobe*';

export function isDigest({ ephemeral, text }: Pick<SeenMessage, 'ephemeral' | 'text'>): boolean {
  return !ephemeral && text.startsWith('Query Service credentials: ');
}

/** What one confirmation is for, as seen in Slack: a migration, or a step of one in the Developer Console. */
export class Act {
  readonly name: string;
  readonly step: Step;
  readonly #world: World;
  readonly #words: Words;
  readonly #isInConsole: boolean;

  constructor(world: World, method: MethodName, name: string, step: Step = 'start') {
    this.name = name;
    this.step = step;
    this.#world = world;
    this.#isInConsole = method === 'developer-console';
    this.#words = this.#isInConsole ? IN_CONSOLE[step] : WHOLE;
  }

  get technicalAccountId(): string {
    return technicalAccountIdOf(this.name);
  }

  /** The question that is open, if any. */
  get question(): SeenMessage | undefined {
    const { question } = this.#words;
    return question === null ? undefined : this.#ownReply(`${question} \`${this.name}\`?`);
  }

  /** Whether Slack shows that it was confirmed. */
  get isAccepted(): boolean {
    return this.#ownReply(this.#words.accepted.replace('NAME', `\`${this.name}\``)) !== undefined;
  }

  /** The ordinary messages about its progress and end, in the channel or direct. */
  get messages(): SeenMessage[] {
    const about = messagesAbout(this.#world, this.name);
    const begun = about.findIndex(({ text }) => text.includes(IN_CONSOLE.start.done));
    // What was posted after the end of the first step is about the second.
    if (!this.#isInConsole || begun === -1) return this.step === 'start' ? about : [];
    return this.step === 'start' ? about.slice(0, begun + 1) : about.slice(begun + 1);
  }

  /** The latest of those with these words. */
  saying(words: string): SeenMessage | undefined {
    return this.messages.findLast(({ text }) => text.includes(words));
  }

  get ends(): End[] {
    const { done, notDone } = this.#words;
    const ends = { done, 'not done': notDone, 'needs attention': ATTENTION } as const;
    return (['done', 'not done', 'needs attention'] as const).filter((end) => this.saying(ends[end]) !== undefined);
  }

  #ownReply(words: string): SeenMessage | undefined {
    const { slack, messages } = this.#world;
    const all = [...messages, ...slack.messagesSeenBy(ADMIN, slack.directOf(ADMIN))];
    return all.findLast(({ ephemeral, text }) => ephemeral && text.includes(words));
  }
}

/** Every ordinary message about this credential's migrations, oldest first. */
function messagesAbout(world: World, name: string): SeenMessage[] {
  const direct = world.slack.messagesSeenBy(ADMIN, world.slack.directOf(ADMIN));
  const isAbout = ({ text }: SeenMessage) => text.includes(`\`${name}\``);
  return [...world.postedAbout(), ...direct]
    .filter((message) => !message.ephemeral && isAbout(message) && !isDigest(message))
    .sort((a, b) => a.ts.localeCompare(b.ts));
}
