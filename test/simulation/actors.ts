import { randomUUID } from 'node:crypto';
import { type Caller, Refused } from '../../src/services/access.ts';
import type { Instance } from './instance.ts';
import type { Press } from './ledger.ts';
import { QUESTIONS_CHANNEL, TEAM } from './slack.ts';
import { ADMINS, PEOPLE, type World } from './world.ts';

/** Milliseconds. */
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Somebody does something, at whichever process Slack picks. */
type Deed = (world: World, instance: Instance) => Promise<void>;

function callerOf(userId: string): Caller {
  return { userId, teamId: TEAM };
}

const ask: Deed = async ({ random, adobe, ledger }, { access, questions }) => {
  const caller = callerOf(random.chance(0.8) ? random.pick(ADMINS) : random.pick(PEOPLE));
  const technicalAccountId = random.pick(adobe.credentials).id;
  const where = {
    channel: random.chance(0.9) ? QUESTIONS_CHANNEL : 'D1',
    questionUrl: random.chance(0.8) ? 'https://slack.example/question' : null,
  };
  const person = await access.admitMigrator(caller, { action: 'migrate', technicalAccountId });
  const asked = await questions.ask(person, technicalAccountId, where);
  if (asked.kind === 'asked') ledger.see(asked.question);
};

const confirm: Deed = async (world, instance) => {
  const { random, ledger, settings } = world;
  if (ledger.questions.length === 0) return;
  // Mostly a question that nobody answered, sometimes an old button.
  const fresh = ledger.questions.filter(({ id }) => !ledger.presses.some((press) => press.id === id));
  const { id, askedBy, word } = random.pick(
    fresh.length > 0 && random.chance(0.8) ? fresh : ledger.questions,
  );
  const right = settings.requireSecondPerson ? ADMINS.find((each) => each !== askedBy) : askedBy;
  const by = random.chance(0.8) && right !== undefined ? right : random.pick(PEOPLE);
  const typed = word !== null && random.chance(0.85) ? word : random.pick([null, 'something else']);
  const press = { what: 'confirm', by, id, typed } as const;
  const again = random.chance(0.3);
  await Promise.all([
    pressConfirm(world, instance, press),
    again ? pressConfirm(world, random.pick(world.living), press) : null,
  ]);
};

async function pressConfirm(
  world: World,
  { questions, job }: Instance,
  press: Omit<Press, 'at'>,
): Promise<void> {
  const { by, id, typed } = noted(world, press);
  const answered = await questions.confirm(callerOf(by), id, { typed, pressUrl: null });
  if (answered.kind === 'confirmed') await job.tick();
}

const cancel: Deed = async (world, { questions }) => {
  const { random, ledger } = world;
  if (ledger.questions.length === 0) return;
  const { id, askedBy } = random.pick(ledger.questions);
  const { by } = noted(world, {
    what: 'cancel',
    by: random.chance(0.7) ? askedBy : random.pick(PEOPLE),
    id,
    typed: null,
  });
  await questions.cancel(callerOf(by), id, null);
};

const attend: Deed = async (world, { attention }) => {
  const { random, slack } = world;
  const ends = slack.ends.filter(({ state }) => state === 'needs_attention' || random.chance(0.2));
  if (ends.length === 0) return;
  const what = random.pick(['check again', 'resolve'] as const);
  const by = random.chance(0.8) ? random.pick(ADMINS) : random.pick(PEOPLE);
  const { id } = noted(world, { what, by, id: random.pick(ends).id, typed: null });
  if (what === 'resolve') await attention.resolve(callerOf(by), id);
  else await attention.checkAgain(callerOf(by), id);
};

const pressUnknown: Deed = async ({ random }, { questions, attention }) => {
  const caller = callerOf(random.pick(ADMINS));
  await questions.confirm(caller, randomUUID(), { typed: null, pressUrl: null });
  await questions.cancel(caller, randomUUID(), null);
  await attention.checkAgain(caller, randomUUID());
};

function noted(world: World, press: Omit<Press, 'at'>): Press {
  const whole = { ...press, at: world.schedule.ms };
  world.ledger.presses.push(whole);
  world.count(`pressed: ${press.what}`);
  return whole;
}

/** What happens outside: in Adobe, to people, to processes, to the time. */
const outside: Deed = async (world, instance) => {
  const { random, adobe, slack, schedule } = world;
  const credential = random.pick(adobe.credentials);
  const events: Readonly<Record<string, () => void>> = {
    'migrated elsewhere': () => adobe.moveElsewhere(credential),
    'renamed in Adobe': () => {
      credential.name = `${credential.name}'`;
    },
    'given to another owner': () => {
      credential.owner = 'uanna@example.com';
    },
    'gone from Adobe': () => {
      credential.isGone = random.chance(0.3);
    },
    'right to migrate taken': () => slack.setRight('UBEN', false),
    'right to migrate given': () => slack.setRight(random.pick(['UBEN', 'UMEMBER']), true),
    'owner deactivated': () => slack.deactivate('UOWNER'),
    'channel archived': () => {
      slack.isChannelGone = true;
    },
    'channel back': () => {
      slack.isChannelGone = false;
    },
    'nobody does anything for minutes': () => schedule.idle(random.between(30 * SECOND, 11 * MINUTE)),
    'a night passes': () => schedule.idle(random.between(16, 30) * HOUR),
    'a process is killed': () => world.kill(instance),
  };
  const event = random.pick(Object.keys(events));
  world.log(() => event);
  world.count(event);
  events[event]?.();
};

const reminding: Deed = async (world, { control, inventory, loop }) => {
  const { random, adobe } = world;
  const by = random.pick(ADMINS);
  const { id } = random.pick(adobe.credentials);
  switch (random.pick(['pause', 'resume', 'now', 'snooze', 'take over', 'preview'])) {
    case 'pause':
      return void (await control.pause(by, random.pick([null, '2025-06-24'])));
    case 'resume':
      return void (await control.resume(by));
    case 'now':
      await control.openByHand(by, random.pick(['r1', 'r2', 'r3']));
      return loop.resume();
    case 'snooze':
      return void (await control.snooze(random.pick(['UANNA', 'UOWNER'])));
    case 'take over':
      if ((await inventory.get(id)) !== null) await control.takeOver(by, id);
      return;
    default:
      return void (await control.preview(2));
  }
};

const readAgain: Deed = async (_, { sync }) => void (await sync.run());

/** How often each is done, among all. */
const DEEDS: readonly Deed[] = [
  ...[ask, ask, ask, ask, ask, ask],
  ...[confirm, confirm, confirm, confirm, confirm, confirm, confirm],
  ...[attend, attend, attend],
  ...[cancel, pressUnknown, readAgain],
  ...[outside, outside, outside],
  ...[reminding, reminding],
];

/** People begin to do things, one after the other, until `until`; milliseconds since 1970. */
export function letPeopleAct(world: World, until: number): void {
  const { random, schedule } = world;
  schedule.begin(random.between(100, 8 * SECOND), () => {
    if (schedule.ms > until) return;
    letPeopleAct(world, until);
    if (world.living.length > 0) void doSomething(world, random.pick(DEEDS), random.pick(world.living));
  });
}

async function doSomething(world: World, deed: Deed, instance: Instance): Promise<void> {
  world.log(() => `${instance.life.name} is asked: ${deed.name}`);
  try {
    await deed(world, instance);
  } catch (error) {
    if (error instanceof Refused) {
      world.ledger.refusals++;
      world.count(`refused: ${error.why}`);
      return;
    }
    // The desk tells whoever asked that it went wrong.
    world.log(() => `${instance.life.name} ${deed.name} failed: ${error}`);
    world.blame(error);
  }
}
