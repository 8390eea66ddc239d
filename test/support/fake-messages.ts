import { LookupError, type People, type SlackPerson } from '../../src/access/access.ts';
import type { MessageLink, MessageRef, Migration } from '../../src/migrations/migration.ts';
import type { ConfirmationMessages, MigratorDirectory, ProgressMessages } from '../../src/migrations/ports.ts';
import type { ProgressState } from '../../src/migrations/progress-state.ts';
import type { AnsweredAsk, NoticeContent, NoticeMessages } from '../../src/notices/ports.ts';

export const TEAM = 'T1';

/** Slack's users and user groups. */
export class FakePeople implements People, MigratorDirectory {
  readonly #people = new Map<string, SlackPerson>();
  readonly groups = new Map<string, readonly string[]>();

  /** A full member, except for `changes`. */
  add(id: string, changes: Partial<SlackPerson> = {}): void {
    this.#people.set(id, {
      id,
      email: `${id.toLowerCase()}@example.com`,
      teamIds: [TEAM],
      isAdmin: false,
      isGuest: false,
      isStranger: false,
      isBot: false,
      isDeactivated: false,
      ...changes,
    });
  }

  async person(userId: string): Promise<SlackPerson> {
    const person = this.#people.get(userId);
    if (person === undefined) throw new Error('user_not_found');
    return person;
  }

  recent(): null {
    return null;
  }

  async membersOf(groupId: string): Promise<readonly string[]> {
    const members = this.groups.get(groupId);
    if (members === undefined) throw new LookupError({ groupId, code: 'no_such_subteam', retryAfterMs: null });
    return members;
  }

  async migratorIds(atMost: number): Promise<string[]> {
    const admins = [...this.#people.values()].filter(({ isAdmin }) => isAdmin).map(({ id }) => id);
    return [...admins, ...[...this.groups.values()].flat()].slice(0, atMost);
  }
}

/** Slack's messages: questions posted and closed, progress shown. */
export class FakeMessages implements ConfirmationMessages, ProgressMessages, NoticeMessages {
  readonly posted: Migration[] = [];
  readonly revised: Migration[] = [];
  readonly closed: { readonly request: Migration; readonly responseUrl: string | null }[] = [];
  readonly shown: { readonly migration: Migration; readonly progress: ProgressState; readonly ts: string }[] = [];
  /** Whether Slack accepts questions. */
  takesQuestions = true;
  /** Whether Slack fails on progress messages; a set: only on those of these migrations. */
  down: boolean | ReadonlySet<string> = false;
  /** Migrations whose progress messages Slack rejects. */
  readonly refused = new Set<string>();
  #messages = 0;

  async post(request: Migration): Promise<MessageRef | null> {
    if (!this.takesQuestions) return null;
    this.posted.push(request);
    return { channel: request.channel, ts: this.#next() };
  }

  async revise(request: Migration): Promise<void> {
    this.revised.push(request);
  }

  async close(request: Migration, responseUrl: string | null): Promise<void> {
    this.closed.push({ request, responseUrl });
  }

  /** The confirmed questions that were linked to their progress. */
  readonly linked: Migration[] = [];

  /** Slack's link to a message. */
  linkOf = ({ channel, ts }: MessageRef): MessageLink | null => ({
    url: `https://example.slack.com/archives/${channel}/p${ts.replace('.', '')}`,
    isPublic: true,
  });

  async linkTo({ message }: Migration): Promise<MessageLink | null> {
    return message === null ? null : this.linkOf(message);
  }

  async link(migration: Migration): Promise<void> {
    this.linked.push(migration);
  }

  async show(migration: Migration, progress: ProgressState): Promise<MessageRef | null> {
    if (this.down === true || (this.down !== false && this.down.has(migration.id))) {
      throw new Error('service_unavailable');
    }
    if (this.refused.has(migration.id)) return null;
    const message = migration.message ?? { channel: migration.channel, ts: this.#next() };
    this.shown.push({ migration, progress, ts: message.ts });
    return message;
  }

  /** The notices that Slack accepted. */
  readonly notified: { readonly userId: string; readonly content: NoticeContent }[] = [];

  async notify(userId: string, content: NoticeContent): Promise<MessageRef | 'not_sent'> {
    if (this.down === true) return 'not_sent';
    this.notified.push({ userId, content });
    return { channel: userId, ts: this.#next() };
  }

  /** The asks whose button was replaced, each with its answer and who confirmed the migration (null: nobody). */
  readonly closedAsks: string[] = [];

  async closeAsk({ notice, answer }: AnsweredAsk, migration: Migration | null): Promise<void> {
    if (this.down === true) throw new Error('service_unavailable');
    this.closedAsks.push(`${notice.name}: ${answer}, ${migration?.decidedBy ?? null}`);
  }

  /** The ends that were shown, as `credential 1: migrated`. */
  ends(): string[] {
    return this.shown
      .filter(({ progress }) => progress.kind === 'ended')
      .map(({ migration }) => `${migration.shown.name}: ${migration.state}`);
  }

  #next(): string {
    return `1.${++this.#messages}`;
  }
}
