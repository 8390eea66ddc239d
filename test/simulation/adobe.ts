import { AdobeError } from '../../src/credentials/adobe-error.ts';
import type { Account, AccountReader, ConsoleReader, Listing } from '../../src/credentials/adobe-reader.ts';
import type { KnownStatus } from '../../src/credentials/credential.ts';
import type { MigrationTarget, StartOutcome } from '../../src/migrations/method.ts';
import type { MethodName, Step } from '../../src/migrations/steps.ts';
import type { JobReader, Jobs, JobsAsked, Runs } from '../../src/usage/ports.ts';
import type { Schedule as JobSchedule, Query } from '../../src/usage/usage.ts';
import type { Random } from '../support/random.ts';
import { accountId } from '../support/samples.ts';
import type { Schedule } from './schedule.ts';

interface SimulatedCredential {
  readonly id: string;
  readonly consoleId: string;
  readonly sandbox: string;
  name: string;
  owner: string | null;
  status: KnownStatus;
  /** What changed its status last: the number of our start, or someone outside of the bot. */
  movedBy: number | 'elsewhere' | null;
  isGone: boolean;
  /** Whether its job, if it has one, is enabled. */
  hasJob: boolean;
  /** When it was first completed, and each time it was begun or put back. Milliseconds since 1970. */
  completedAt: number | null;
  readonly begunAt: number[];
  readonly putBackAt: number[];
}

/** A start, or another step, that reached Adobe. Times in milliseconds since 1970. */
export interface Start {
  readonly technicalAccountId: string;
  readonly step: Step;
  /** Whether it was refused with 400, without effect, since the credential's state did not allow it. */
  readonly isRefused: boolean;
  /** When the bot sent it. */
  readonly sentAt: number;
  readonly reachedAt: number;
  /** What had moved the credential before it arrived; null: nothing, so the start took effect. */
  readonly movedBefore: number | 'elsewhere' | null;
}

const ACCEPTED: StartOutcome = { kind: 'accepted' };

/** A behavioural model of Adobe behind the product's ports. Chance decides what a start leads to. */
export class ModelAdobe implements AccountReader, ConsoleReader, JobReader {
  readonly credentials: SimulatedCredential[] = [];
  readonly starts: Start[] = [];
  readonly #schedule: Schedule;
  readonly #random: Random;

  constructor(schedule: Schedule, random: Random) {
    this.#schedule = schedule;
    this.#random = random;
  }

  add(sandbox: string, owner: string | null): void {
    const number = this.credentials.length + 1;
    this.credentials.push({
      id: accountId(number),
      consoleId: `i${number}`,
      sandbox,
      name: `credential ${number}`,
      owner,
      status: 'not_started',
      movedBy: null,
      isGone: false,
      hasJob: number % 2 === 1,
      completedAt: null,
      begunAt: [],
      putBackAt: [],
    });
  }

  credential(technicalAccountId: string): SimulatedCredential {
    const found = this.credentials.find(({ id }) => id === technicalAccountId);
    if (found === undefined) throw new Error(`Adobe has no ${technicalAccountId}.`);
    return found;
  }

  async readAccounts(sandbox: string): Promise<Listing<Account>> {
    const items = this.credentials
      .filter((each) => each.sandbox === sandbox && !each.isGone)
      .map(({ id, name, owner }) => ({
        technicalAccountId: `${id}@techacct.adobe.com`,
        name,
        description: '',
        owner,
        changedAt: null,
      }));
    return { items, unread: [] };
  }

  async integrationIds(): Promise<Listing<string>> {
    return { items: this.credentials.map(({ consoleId }) => consoleId), unread: [] };
  }

  async technicalAccountIdOf(integrationId: string): Promise<string | null> {
    return this.credentials.find(({ consoleId }) => consoleId === integrationId)?.id ?? null;
  }

  async migrationStatus(integrationId: string): Promise<KnownStatus> {
    return this.credentials.find(({ consoleId }) => consoleId === integrationId)?.status ?? 'none';
  }

  async certificateUntil(): Promise<Date | null> {
    return null;
  }

  /** Every credential has a schedule; every second one, at first, an enabled one that runs each night. */
  async schedules({ sandbox }: JobsAsked): Promise<Jobs<JobSchedule>> {
    const items = this.credentials
      .filter((each) => each.sandbox === sandbox && !each.isGone)
      .map(({ id, name, hasJob }) => ({
        ...{ id: `schedule of ${id}`, technicalAccountId: id, name, cron: '0 2 * * *' },
        ...{ isEnabled: hasJob, startsAt: null, endsAt: null },
      }));
    return { items, unread: [], isWhole: true };
  }

  /** Every enabled schedule ran once in the past night. */
  async queries({ sandbox }: JobsAsked): Promise<Jobs<Query>> {
    const midnight = new Date(this.#schedule.ms).setUTCHours(0, 0, 0, 0);
    const items = this.credentials
      .filter(({ hasJob, isGone, ...each }) => each.sandbox === sandbox && !isGone && hasJob)
      .map(({ id, name }): Query => {
        const createdAt = new Date(midnight + 2 * 60 * 60_000);
        return { id: `query of ${id}`, technicalAccountId: id, name, createdAt, outcome: 'succeeded', error: null };
      });
    return { items, unread: [], isWhole: true };
  }

  async runs(): Promise<Runs> {
    return { items: [], unread: [] };
  }

  async runError(): Promise<null> {
    return null;
  }

  /** The request of a step arrives. `sentAt`: when it was sent, in milliseconds since 1970. */
  start({ technicalAccountId, step }: MigrationTarget, method: MethodName, sentAt: number): StartOutcome {
    const credential = this.credential(technicalAccountId);
    const from = step === 'start' ? 'not_started' : 'started';
    const isAllowed = credential.status === from;
    const movedBefore = isAllowed ? null : credential.movedBy;
    const isRefused = !isAllowed && method === 'developer-console';
    const reachedAt = this.#schedule.ms;
    const number = this.starts.push({ technicalAccountId, step, isRefused, sentAt, reachedAt, movedBefore });
    if (isRefused) return { kind: 'refused', error: new AdobeError('refused', 'simulated', { status: 400 }) };
    if (!isAllowed) return { kind: 'unclear', error: new AdobeError('refused', 'simulated', { status: 409 }) };
    if (method === 'developer-console') this.#acceptStep(credential, step, number);
    else this.#accept(credential, number);
    return ACCEPTED;
  }

  /** Someone migrates it in Adobe's own UI. `atOnce`: it completes immediately. */
  moveElsewhere(credential: SimulatedCredential, atOnce = false): void {
    if (credential.status !== 'not_started') return;
    this.#move(credential, atOnce ? 'completed' : 'started', 'elsewhere');
    this.#later(2, 40, credential, 'started', 'completed', 'elsewhere');
  }

  /** Someone begins its migration in the Developer Console and leaves it unfinished. */
  beginInConsole(credential: SimulatedCredential): void {
    if (credential.status === 'not_started') this.#move(credential, 'started', 'elsewhere');
  }

  /** Someone finishes it in the Developer Console, or cancels it. */
  endInConsole(credential: SimulatedCredential, to: 'completed' | 'not_started'): void {
    if (credential.status === 'started') this.#move(credential, to, 'elsewhere');
  }

  #accept(credential: SimulatedCredential, number: number): void {
    const random = this.#random;
    const kind = random.pick(['quick', 'usual', 'usual', 'usual', 'late', 'stuck', 'put back', 'nothing']);
    if (kind === 'nothing') return;
    const isQuick = kind === 'quick';
    this.#move(credential, isQuick ? 'completed' : 'started', number);
    if (kind === 'usual') this.#later(2, 40, credential, 'started', 'completed', number);
    if (kind === 'late') this.#later(60, 120, credential, 'started', 'completed', number);
    if (kind === 'put back') this.#later(2, 40, credential, 'started', 'not_started', number);
  }

  /** The Developer Console performs an accepted step at once, later, or not at all. */
  #acceptStep(credential: SimulatedCredential, step: Step, number: number): void {
    const from = credential.status;
    const to = ({ start: 'started', finish: 'completed', cancel: 'not_started' } as const)[step];
    const kind = this.#random.pick(['at once', 'at once', 'at once', 'later', 'late', 'nothing']);
    if (kind === 'at once') this.#move(credential, to, number);
    if (kind === 'later') this.#later(2, 30, credential, from, to, number);
    if (kind === 'late') this.#later(60, 120, credential, from, to, number);
  }

  #later(
    least: number,
    most: number,
    credential: SimulatedCredential,
    from: KnownStatus,
    to: KnownStatus,
    by: number | 'elsewhere',
  ): void {
    this.#schedule.after(this.#random.between(least * 1_000, most * 1_000), () => {
      if (credential.status === from) this.#move(credential, to, by);
    });
  }

  #move(credential: SimulatedCredential, to: KnownStatus, by: number | 'elsewhere'): void {
    credential.status = to;
    credential.movedBy = by;
    if (to === 'completed') credential.completedAt ??= this.#schedule.ms;
    if (to === 'started') credential.begunAt.push(this.#schedule.ms);
    if (to === 'not_started') credential.putBackAt.push(this.#schedule.ms);
  }
}
