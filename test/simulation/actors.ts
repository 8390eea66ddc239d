import { randomUUID } from 'node:crypto';
import { AccessDenied } from '../../src/access/access.ts';
import type { Migration } from '../../src/migrations/migration.ts';
import type { ProgressState } from '../../src/migrations/progress-state.ts';
import { mayContinueByHand } from '../../src/migrations/verdicts.ts';
import { offerInForm } from '../../src/reminders/offer.ts';
import { ADMIN, member, migrator, OWNER } from '../support/people.ts';
import type { Instance } from './instance.ts';
import type { Press } from './ledger.ts';
import { cause, EVENTS, KILLED_FOR_A_NIGHT } from './outside-events.ts';
import { askForMigration, endHold, hold } from './owner-actors.ts';
import { admit, callerOf, confirmerOf, pressOn, recordPress } from './presses.ts';
import type { SeedFaults } from './seed-faults.ts';
import { QUESTIONS_CHANNEL } from './slack.ts';
import { ADMINS, PEOPLE, type World } from './world.ts';

/** The longest time between two actions of people. Milliseconds. */
const PAUSE = 7_000;

/** What a person does, sent to the process that Slack picks. */
type Action = (world: World, instance: Instance) => Promise<void>;

const ask: Action = async ({ random, adobe, ledger }, { access, confirmations, impacts }) => {
  const caller = callerOf(random.chance(0.8) ? random.pick(ADMINS) : random.pick(PEOPLE));
  const technicalAccountId = random.pick(adobe.credentials).id;
  const where = {
    channel: random.chance(0.9) ? QUESTIONS_CHANNEL : 'D1',
    responseUrl: random.chance(0.8) ? 'https://slack.example/question' : null,
  };
  const person = await access.admitMigrator(caller, { action: 'migrate', technicalAccountId });
  const asked = await confirmations.ask(person, technicalAccountId, where);
  if (asked.kind !== 'asked') return;
  const { request, credential } = asked;
  ledger.addRequest(request);
  const impact = await impacts.read(credential);
  if (request.questionMessage === null) await impacts.keep(request, impact);
  else await impacts.show(request, credential, impact);
};

const finish: Action = async (world, { access, confirmations }) => {
  const { random, ledger } = world;
  const technicalAccountId = unfinished(world);
  if (technicalAccountId === null) return;
  const where = { channel: QUESTIONS_CHANNEL, responseUrl: random.chance(0.8) ? 'https://slack.example/end' : null };
  const caller = callerOf(random.chance(0.8) ? random.pick(ADMINS) : random.pick(PEOPLE));
  const person = await access.admitMigrator(caller, { action: 'finish', technicalAccountId });
  const asked = await confirmations.ask(person, technicalAccountId, where, { step: 'finish' });
  if (asked.kind === 'asked') ledger.addRequest(asked.request);
};

const undo: Action = async (world, instance) => {
  const { random } = world;
  const id = unfinished(world);
  if (id === null) return;
  const by = random.chance(0.8) ? random.pick(ADMINS) : random.pick(PEOPLE);
  const again = random.chance(0.3);
  await Promise.all([
    pressUndo(world, instance, by, id),
    again ? pressUndo(world, random.pick(world.running), by, id) : null,
  ]);
};

async function pressUndo(world: World, instance: Instance, by: string, id: string): Promise<void> {
  recordPress(world, { what: 'undo', by, id, typed: null });
  const person = await instance.access.admitMigrator(callerOf(by), { action: 'undo', technicalAccountId: id });
  await instance.undo.undo(person, id, QUESTIONS_CHANNEL);
}

/** The id of a credential to finish or undo: mostly one STARTED at Adobe, sometimes any; null with another method. */
function unfinished({ random, adobe, settings }: World): string | null {
  if (settings.method !== 'developer-console') return null;
  const begun = adobe.credentials.filter(({ status }) => status === 'started');
  return random.pick(begun.length > 0 && random.chance(0.9) ? begun : adobe.credentials).id;
}

const confirm: Action = async (world, instance) => {
  const { random, ledger } = world;
  if (ledger.requests.length === 0) return;
  // Mostly a question without a decision, sometimes an old button.
  const undecided = ledger.requests.filter(({ id }) => !ledger.presses.some((press) => press.id === id));
  const { id, askedBy, phrase } = random.pick(undecided.length > 0 && random.chance(0.8) ? undecided : ledger.requests);
  const right = confirmerOf(world, askedBy);
  const by = random.chance(0.8) && right !== undefined ? right : random.pick(PEOPLE);
  const typed = phrase !== null && random.chance(0.85) ? phrase : random.pick([null, 'something else']);
  const press = { what: 'confirm', by, id, typed } as const;
  const again = random.chance(0.3);
  await Promise.all([
    pressConfirm(world, instance, press),
    again ? pressConfirm(world, random.pick(world.running), press) : null,
  ]);
};

const MEANWHILE = [KILLED_FOR_A_NIGHT, 'begun in the Developer Console'];

async function pressConfirm(world: World, instance: Instance, press: Omit<Press, 'at'>): Promise<void> {
  const { by, id, typed } = recordPress(world, press);
  const person = await admit(instance, by, 'confirm', id);
  const { kind } = await instance.confirmations.confirm(person, id, { typed, responseUrl: null });
  // Otherwise a confirmed request would hardly ever become too old in the queue, or be begun by others meanwhile.
  if (kind === 'confirmed' && world.random.chance(0.1)) cause(world, instance, world.random.pick(MEANWHILE));
}

const cancel: Action = async (world, instance) => {
  const { random, ledger } = world;
  if (ledger.requests.length === 0) return;
  const { id, askedBy } = random.pick(ledger.requests);
  const { by } = recordPress(world, {
    what: 'cancel',
    by: random.chance(0.7) ? askedBy : random.pick(PEOPLE),
    id,
    typed: null,
  });
  await instance.confirmations.cancel(await admit(instance, by, 'cancel', id), id, null);
};

const resolveManually: Action = async (world, instance) => {
  const { random, slack } = world;
  const ends = slack.ends.filter(({ state }) => state === 'needs_attention' || random.chance(0.2));
  if (ends.length === 0) return;
  const what = random.pick(['check again', 'resolve'] as const);
  const by = random.chance(0.8) ? random.pick(ADMINS) : random.pick(PEOPLE);
  const { id } = recordPress(world, { what, by, id: random.pick(ends).id, typed: null });
  const person = await admit(instance, by, what === 'resolve' ? 'mark as resolved' : what, id);
  if (what === 'resolve') await instance.manualResolution.resolve(person, id);
  else await instance.manualResolution.checkAgain(person, id);
};

/** Someone does what the message of a hand-off says. */
const pressMigrate: Action = async (world) => {
  const { random, adobe } = world;
  const waiting = shownAs(world, 'handed_over');
  if (waiting.length > 0) adobe.moveElsewhere(adobe.credential(random.pick(waiting).technicalAccountId));
};

const notNow: Action = (world, instance) => {
  const all = shownAs(world, world.random.chance(0.9) ? 'handed_over' : 'ended');
  return pressOn(world, instance, all, 'not now', (each, person, id) => each.handOffs.notNow(person, id));
};

/** Sometimes on a message that has no button yet or no longer has one: a press may come at any moment. */
const withdraw: Action = (world, instance) => {
  const kinds = world.random.chance(0.8)
    ? (['confirmed', 'waiting', 'starting', 'waiting_for_adobe'] as const)
    : (['running', 'ended'] as const);
  const all = kinds.flatMap((kind) => shownAs(world, kind));
  return pressOn(world, instance, all, 'withdraw', (each, person, id) => each.withdrawals.withdraw(person, id));
};

const finishInAdobe: Action = (world, instance) => {
  const ended = shownAs(world, 'ended');
  const offered = ended.filter(mayContinueByHand);
  const all = offered.length > 0 && world.random.chance(0.9) ? offered : ended;
  return pressOn(world, instance, all, 'finish in Adobe', (each, person, id) =>
    each.handOffs.finishInAdobe(person, id),
  );
};

/** The migrations whose message shows this now. */
function shownAs({ slack }: World, kind: ProgressState['kind']): Migration[] {
  return [...slack.progress.values()].filter(({ progress }) => progress.kind === kind).map((each) => each.migration);
}

const pressUnknownButton: Action = async ({ random }, instance) => {
  const { confirmations, manualResolution, handOffs } = instance;
  const person = await admit(instance, random.pick(ADMINS), 'confirm', randomUUID());
  await confirmations.confirm(person, randomUUID(), { typed: null, responseUrl: null });
  await confirmations.cancel(person, randomUUID(), null);
  await manualResolution.checkAgain(person, randomUUID());
  await handOffs.notNow(person, randomUUID());
  await handOffs.finishInAdobe(person, randomUUID());
  await instance.withdrawals.withdraw(person, randomUUID());
};

const causeEvent: Action = async (world, instance) => {
  cause(world, instance, world.random.pick(Object.keys(EVENTS)));
};

/** Used after a reminder: the closing message is posted only if there was one. */
const migrateAllElsewhere: Action = async (world, instance) => cause(world, instance, 'all migrated elsewhere');

const pause: Action = async ({ random }, { reminders }) => {
  await reminders.pause(migrator(random.pick(ADMINS)), random.pick([null, '2025-06-24']));
};

const resume: Action = async ({ random }, { reminders }) => {
  await reminders.resume(migrator(random.pick(ADMINS)));
};

const remindNow: Action = async ({ random }, { reminders }) => {
  await reminders.startManualRound(migrator(random.pick(ADMINS)), random.pick(['r1', 'r2', 'r3']));
};

const snooze: Action = async ({ random }, { reminders }) => {
  await reminders.snooze(member(random.pick([ADMIN, OWNER])));
};

const takeOver: Action = async ({ random, adobe }, { assignments, catalogue }) => {
  const { id } = random.pick(adobe.credentials);
  const credential = await catalogue.get(id);
  const admin = random.pick(ADMINS);
  if (credential === null) return;
  const shown = offerInForm(await assignments.offer({ owner: credential.owner }), 3_000);
  await assignments.assign(migrator(admin), shown, admin);
};

const preview: Action = async (_, { reminders }) => {
  await reminders.preview(migrator(ADMINS[0]), 2);
};

const syncAgain: Action = async (_, { sync }) => void (await sync.run());

/** All actions; the frequent ones several times. */
const ACTIONS: readonly Action[] = [
  ...[ask, ask, ask, ask, ask, ask],
  ...[confirm, confirm, confirm, confirm, confirm, confirm, confirm],
  ...[resolveManually, resolveManually, resolveManually, resolveManually, resolveManually],
  ...[finish, finish, finish, undo, undo],
  ...[withdraw, withdraw],
  ...[hold, hold, hold, hold, endHold, endHold, endHold, askForMigration],
  ...[pressMigrate, pressMigrate, notNow, finishInAdobe, finishInAdobe],
  ...[cancel, pressUnknownButton, syncAgain],
  ...[causeEvent, causeEvent, causeEvent],
  ...[pause, resume, remindNow, snooze, takeOver, preview],
];

/** The actions and the outside event without which a process rarely makes some calls. */
const PREREQUISITES: readonly (readonly [RegExp, readonly Action[], string | null])[] = [
  [/postAllDone/, [remindNow, migrateAllElsewhere, syncAgain, syncAgain, syncAgain], null],
  [/latestConfirmed/, [syncAgain, syncAgain, syncAgain], 'migrated elsewhere'],
  [/ChannelError/, [remindNow], 'channel archived'],
  [/technicalAccountIdOf|rememberIntegrations/, [syncAgain], 'created in Adobe'],
  [/snooze/, [snooze], null],
  [/continueByHand/, [ask, confirm, syncAgain, finishInAdobe, syncAgain, finishInAdobe, finishInAdobe], null],
  [/AssignmentStore|reviseDigest/, [remindNow, takeOver], null],
  [/HoldStore/, [ask, confirm, hold, endHold, ask, hold, endHold], null],
  [/NoticeStore.add/, [askForMigration, askForMigration, askForMigration], null],
  [/setPause/, [pause, resume], null],
  [/Reminder|Manual|Digest|remind/, [remindNow], null],
];

/** Makes the planned crash points and faults reachable. Returns what people are to do first. */
export function prepare(world: World, { crashPoints, faults }: SeedFaults): Action[] {
  const points = [...crashPoints, ...faults.map(({ call }) => call)];
  const actions: Action[] = [ask, confirm];
  for (const [calls, wanted, event] of PREREQUISITES) {
    const [instance] = world.running;
    if (instance === undefined || !points.some((point) => calls.test(point))) continue;
    actions.push(...wanted);
    if (event !== null) cause(world, instance, event);
  }
  return [...actions, ask, confirm];
}

/** People act one after the other until `until`, in milliseconds since 1970. `first`: their first actions. */
export function startActing(world: World, until: number, first: readonly Action[]): void {
  const { random, schedule } = world;
  schedule.afterIdle(random.between(100, PAUSE), () => {
    if (schedule.ms > until) return;
    const [action = random.pick(ACTIONS), ...next] = first;
    startActing(world, until, next);
    if (world.running.length > 0) void perform(world, action, random.pick(world.running));
  });
}

async function perform(world: World, action: Action, instance: Instance): Promise<void> {
  world.log(() => `${instance.process.name} receives: ${action.name}`);
  try {
    await action(world, instance);
  } catch (error) {
    if (error instanceof AccessDenied) {
      world.ledger.denials++;
      world.count(`denied: ${error.why}`);
      return;
    }
    // The product's error boundary replies that it went wrong.
    world.log(() => `${instance.process.name} ${action.name} failed: ${error}`);
    world.reportError(error);
  }
}
