import { expect } from 'vitest';
import type { SimulatedAdobe } from '../../playground/adobe/server.ts';
import type { LocalSlack } from '../../playground/slack/local-slack.ts';
import type { PressOptions } from '../../playground/slack/people-actions.ts';
import type { SeenMessage, SeenModal } from '../../playground/slack/seen.ts';
import type { StoredMessage } from '../../playground/slack/state.ts';
import { type App, startApp } from '../../src/app.ts';
import { readConfig, secretsOf } from '../../src/config/config.ts';
import type { Schedule } from '../../src/jobs/cron.ts';
import { SystemTimer } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/log.ts';
import type { TestClock } from '../support/clock.ts';
import { ADMIN, DATA, MEMBER } from '../support/people.ts';
import { newsSince } from './answers.ts';
import { liveMarkup, Sent } from './sent.ts';

/** The end of a migration in the message about its progress. */
export const MIGRATED = /^✅ \*Migrated\*/;
export const RUNNING = /^⏳ .* s (of about|so far)/;

interface LogLine {
  readonly level: string;
  readonly component?: string;
  readonly msg: string;
  readonly state?: string;
  readonly why?: string | null;
}

/** A timer whose sleeps take a moment of real time, while the full time passes for the bot. */
class QuickTimer extends SystemTimer {
  /** Whether the queue was checked, which also renews its lease. */
  hasTicked = false;
  /** Whether a start was recorded that has not reached Adobe yet. */
  isSending = (): boolean => false;
  /** Changes whenever something has happened. */
  version = (): string => '';
  readonly #clock: TestClock;

  constructor(clock: TestClock) {
    super(clock);
    this.#clock = clock;
  }

  override monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  override async sleep(ms: number): Promise<void> {
    await super.sleep(1);
    // A start in transit needs its lease, which other sleeps must not let expire on a busy machine.
    for (let waited = 0; this.isSending() && waited < 200; waited += 1) await super.sleep(10);
    this.#clock.advanceMs(ms);
  }

  override every(ms: number, act: () => void): () => void {
    const tick = () => {
      this.hasTicked ||= ms <= TICK_MS;
      act();
    };
    return super.every(Math.min(ms, MOMENT_MS), this.seldomWhileQuiet(tick));
  }

  /** Acts at once if something has happened since the last time, otherwise only now and then: acting is expensive. */
  seldomWhileQuiet(act: () => void): () => void {
    let known = '';
    let skipped = 0;
    return () => {
      const version = `${this.monotonicMs()} ${this.version()}`;
      if (version === known && skipped < MOST_SKIPPED) {
        skipped += 1;
        return;
      }
      known = version;
      skipped = 0;
      act();
    };
  }
}

const EVERY_SECOND = '* * * * * *';
const MOMENT_MS = 20;
/** The most moments that are skipped while nothing happens. */
const MOST_SKIPPED = 9;
/** The longest time between two checks of the queue by the bot. */
const TICK_MS = 1_000;

/** The bot, started and stopped, with the people who use it. */
export class World {
  readonly adobe: SimulatedAdobe;
  readonly slack: LocalSlack;
  readonly clock: TestClock;
  readonly sent: Sent;
  readonly #env: Readonly<Record<string, string>>;
  readonly log: LogLine[] = [];
  /** The port of `/readyz` and `/metrics`; after a stop, the last one. */
  operationsPort = 0;
  #bot: App | undefined;
  #timer: QuickTimer | undefined;
  readonly #scheduled = new Map<string, () => Promise<unknown>>();

  constructor(adobe: SimulatedAdobe, slack: LocalSlack, clock: TestClock, env: Readonly<Record<string, string>>) {
    this.adobe = adobe;
    this.slack = slack;
    this.clock = clock;
    this.sent = new Sent(slack);
    this.#env = env;
  }

  /** `env`: settings that differ from those of the world. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const settings = readConfig({ ...this.#env, ...env });
    const write = (line: string) => {
      this.log.push(JSON.parse(line));
      // Makes waits check their condition again: much of what is logged changes nothing in Slack.
      this.slack.state.changed();
    };
    const logger = createLogger({ level: 'debug', secrets: secretsOf(settings), destination: { write } });
    this.#timer = new QuickTimer(this.clock);
    this.#timer.isSending = () => this.#isSending();
    this.#timer.version = () => `${this.slack.calls.length} ${this.adobe.calls.length}`;
    this.#bot = await startApp(settings, { logger, timer: this.#timer, schedule: this.#schedule });
    this.slack.appUrl = `http://127.0.0.1:${this.#bot.port}/slack/events`;
    this.operationsPort = this.#bot.operationsPort;
  }

  /** What is due every second runs as often as possible; everything else runs when the test calls `comes`. */
  readonly #schedule: Schedule = (expression, task) => {
    this.#scheduled.set(expression, task);
    if (expression !== EVERY_SECOND) return { stop: async () => {} };
    const look = () => void task();
    const interval = setInterval(this.#timer?.seldomWhileQuiet(look) ?? look, MOMENT_MS);
    return { stop: async () => clearInterval(interval) };
  };

  /** Runs the task with this cron expression. */
  async comes(expression: string): Promise<void> {
    await this.#scheduled.get(expression)?.();
  }

  /** The current `/metrics`, not a response cached up to a second ago. */
  async freshMetrics(): Promise<string> {
    this.clock.advance(2);
    return (await this.#get('/metrics')).text();
  }

  /** The response of `/readyz`. */
  async ready(): Promise<{ status: number; body: unknown }> {
    const answer = await this.#get('/readyz');
    return { status: answer.status, body: await answer.json() };
  }

  #get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.operationsPort}${path}`);
  }

  async stop(): Promise<void> {
    await this.#bot?.stop(3_000);
    this.#bot = undefined;
  }

  /** Types `/qs-creds text` and waits for the reply, which no one else sees. */
  say(userId: string, text: string, channel = DATA): Promise<SeenMessage> {
    const act = () => this.slack.command(userId, channel, text);
    return this.reaction(userId, channel, act, { ephemeral: true });
  }

  /** Presses a button or chooses from a menu, and waits for the new or changed message. */
  press(userId: string, on: SeenMessage, actionId: string, options?: PressOptions): Promise<SeenMessage> {
    const act = () => this.slack.press(userId, on, actionId, options);
    return this.reaction(userId, on.channel, act, on);
  }

  /** Presses a button that this person was never shown; the reply is a direct message. */
  forge(userId: string, actionId: string, value: string): Promise<SeenMessage> {
    const act = () => this.slack.forgePress(userId, { action_id: actionId, value }, { channel: { id: DATA } });
    return this.reaction(userId, this.slack.directOf(userId), act);
  }

  /** The first message that is new or changed for this person, after the act. */
  async reaction(
    userId: string,
    channel: string,
    act: () => Promise<unknown>,
    { ephemeral = false, threadTs = null }: { ephemeral?: boolean; threadTs?: string | null } = {},
  ): Promise<SeenMessage> {
    const seen = () =>
      this.slack.state.messagesSeenBy(userId, channel).filter((each) => [null, threadTs].includes(each.threadTs));
    const isNews = newsSince(seen());
    await act();
    const isAnswer = (each: StoredMessage) => isNews(each) && (each.onlyFor !== null || !ephemeral);
    const { ts } = await this.slack.waitFor(() => seen().find(isAnswer), { what: 'an answer' });
    return this.message(userId, channel, ts);
  }

  /** The message as this person sees it now. */
  message(userId: string, channel: string, ts: string): SeenMessage {
    const all = this.slack.messagesSeenBy(userId, channel).flatMap((each) => [each, ...this.#below(each, userId)]);
    const found = all.find((each) => each.ts === ts);
    if (found === undefined) throw new Error(`${userId} sees no message ${ts}`);
    return found;
  }

  /** Presses a production question's button and waits for its modal. */
  async openModal(userId: string, question: SeenMessage): Promise<SeenModal> {
    await this.slack.press(userId, question, 'confirm_production');
    return this.slack.waitFor(() => this.slack.modalOf(userId), { what: 'a modal' });
  }

  /** Asks to migrate a credential outside production and confirms. */
  async migrate(userId: string, name: string, channel = DATA): Promise<void> {
    const question = await this.say(userId, `migrate ${name}`, channel);
    const closed = await this.press(userId, question, 'confirm');
    expect(closed.text).toContain('was confirmed');
  }

  /** Lets time pass, a few seconds at a time, until this person sees a message that matches. */
  until(pattern: RegExp, channel = DATA, userId = ADMIN): Promise<SeenMessage> {
    return this.#until(pattern, () => this.slack.messagesSeenBy(userId, channel));
  }

  /** The same, for a reply in the thread of this message. */
  untilReply(pattern: RegExp, on: SeenMessage): Promise<SeenMessage> {
    return this.#until(pattern, () => this.#below(on, ADMIN));
  }

  #below(on: SeenMessage, userId: string): readonly SeenMessage[] {
    return this.slack.repliesSeenBy(userId, on);
  }

  async #until(pattern: RegExp, seen: () => readonly SeenMessage[]): Promise<SeenMessage> {
    let calls = 0;
    let idle = 0;
    // While a migration runs, the bot reads Adobe's state once at every step.
    const ticking = setInterval(() => {
      idle += 1;
      // A start is not sent after ten seconds, which must not pass while it is in transit on a busy machine.
      if (this.#isSending() ? idle < 200 : this.adobe.calls.length === calls && idle < 5) return;
      // Nor is a start sent whose lease has expired: time only passes after the lease was renewed.
      if (this.#timer?.hasTicked === false) return;
      if (this.#timer !== undefined) this.#timer.hasTicked = false;
      calls = this.adobe.calls.length;
      idle = 0;
      this.clock.advance(2);
    }, 10);
    try {
      return await this.slack.waitFor(() => seen().findLast(({ text }) => pattern.test(text)), {
        what: String(pattern),
      });
    } finally {
      clearInterval(ticking);
    }
  }

  /** Waits until the bot has logged this message `times` times. */
  async logged(message: string, times = 1): Promise<void> {
    await this.slack.waitFor(() => this.timesLogged(message) >= times, { what: `log: ${message}` });
  }

  #isSending(): boolean {
    // A migration handed over to a person is never sent.
    return this.log.filter(({ state, why }) => state === 'submitted' && why === null).length > this.startsSent;
  }

  /** How many requests to change something Adobe got, whatever their outcome. */
  get startsSent(): number {
    return this.adobe.calls.filter(({ method, path }) => method !== 'GET' && /\/(migrate|binding|finalize)$/.test(path))
      .length;
  }

  timesLogged(message: string): number {
    return this.log.filter(({ msg }) => msg === message).length;
  }

  /** Asserts that nothing was sent to Adobe, nor will be. */
  async expectNothingStarted(): Promise<void> {
    const { text } = await this.say(MEMBER, 'status');
    expect(text).toContain('No migration is running.');
    expect(this.adobe.starts).toEqual([]);
  }

  check(refused: readonly string[], errors: readonly string[]): void {
    expect(this.slack.rejected).toEqual(refused);
    // Slack's rejections, which Bolt logs too, are checked above.
    const failures = this.log.filter(({ level, component }) => level === 'error' && component !== 'bolt');
    expect(failures.map(({ msg }) => msg)).toEqual(errors);
    expect(this.sent.markup().flatMap(liveMarkup)).toEqual([]);
    const written = JSON.stringify([this.log, this.sent.messages(), this.slack.calls]);
    const secrets = [...secretsOf(readConfig(this.#env)), 'eyJ.simulated', '/upload/'];
    expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
  }
}
