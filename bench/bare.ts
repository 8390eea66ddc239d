import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { largeOrganisation } from '../playground/adobe/large-seed.ts';
import { portFrom, V8_FLAGS } from '../playground/bot/spawn.ts';
import { SECRETS, type World } from '../test/process/world.ts';
import { ADMIN } from '../test/support/people.ts';
import { type Answer, command, type Load, load, median, openHome } from './load.ts';
import { isSelect, type Recorded, statementsOf } from './recorded.ts';
import type { Table } from './report.ts';
import { inWorld } from './scope.ts';
import { settled } from './settled.ts';

/** What the bare app is to do: for each act, the statements it runs and the reply it sends. */
export interface BarePlan {
  readonly database: string;
  readonly slackApiUrl: string;
  readonly botToken: string;
  readonly signingSecret: string;
  readonly acts: Readonly<Record<string, { readonly statements: readonly Recorded[]; readonly reply: unknown }>>;
}

const COMMANDS = ['list', 'status'];
const CLIENTS = 8;
const ROUND_MS = 2_000;
/** The bot and the bare app take turns, so that other work on the machine affects both. */
const ROUNDS = 5;

type Act = (address: string, agent: Agent) => Promise<Answer>;

/** Compares the bot with a bare Bolt app that runs the same statements and sends the same blocks. */
export async function againstBare(): Promise<readonly Table[]> {
  return inWorld({ adobe: { seed: largeOrganisation(1_000), pageSize: 1_000 } }, async (world, atEnd) => {
    const database = String(world.settings['DATABASE_URL']).slice('file:'.length);
    const recording = join(database, '../statements.jsonl');
    await writeFile(recording, '');
    const recorder = await world.start({
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'record.ts')}`,
      RECORD_STATEMENTS: recording,
    });
    const acts = await planOf(world, recording);
    await recorder.end('SIGTERM');
    const bot = await world.start();
    await settled(world);
    const ours = { address: await bot.address(), pid: bot.pid };
    const plan: BarePlan = {
      database,
      slackApiUrl: String(world.settings['SLACK_API_URL']),
      botToken: SECRETS.botToken,
      signingSecret: SECRETS.signingSecret,
      acts,
    };
    const file = join(database, '../plan.json');
    await writeFile(file, JSON.stringify(plan));
    const child = spawn(process.execPath, [...V8_FLAGS, join(import.meta.dirname, 'bare-app.ts')], {
      env: { PATH: process.env['PATH'], BARE_PLAN: file },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    atEnd(async () => void child.kill('SIGKILL'));
    const bare = { address: `http://127.0.0.1:${await portFrom(child.stdout)}`, pid: child.pid ?? 0 };
    const rows: (string | number)[][] = [];
    for (const text of COMMANDS) {
      const act: Act = (to, agent) => command(to, agent, ADMIN, text);
      rows.push([text, acts[text]?.statements.length ?? 0, ...(await compare(act, ours, bare))]);
    }
    const home: Act = (to, agent) => openHome(to, agent, ADMIN);
    rows.push(['Home', acts['home']?.statements.length ?? 0, ...(await compare(home, ours, bare))]);
    return [
      {
        title: `Against a bare Bolt app: 1 000 credentials, ${CLIENTS} at a time`,
        columns: [
          '',
          'statements',
          'a second',
          'bare, a second',
          'ratio (goal ≥ 0.7)',
          'p99 ms',
          'bare p99 ms',
          'ratio (goal ≤ 1.5)',
          'processor, ms',
          'bare processor, ms',
          'bare / ours',
        ],
        rows,
      },
    ];
  });
}

async function planOf(world: World, recording: string): Promise<BarePlan['acts']> {
  const address = String(world.slack.appUrl).replace('/slack/events', '');
  const agent = new Agent({ keepAlive: true });
  const acts: Record<string, { statements: readonly Recorded[]; reply: unknown }> = {};
  for (const text of COMMANDS) {
    const reply = JSON.parse(await wholeReply(() => command(address, agent, ADMIN, text)));
    const statements = await statementsOf(recording, () => command(address, agent, ADMIN, text), isSelect);
    acts[text] = { statements, reply };
  }
  const publish = async () => {
    const published = () => world.slack.calls.filter(({ method }) => method === 'views.publish');
    const before = published().length;
    await openHome(address, agent, ADMIN);
    await world.slack.waitFor(() => published().length > before, { timeoutMs: 60_000 });
    return published().at(-1)?.args['view'];
  };
  const shown = await publish();
  const statements = await statementsOf(recording, publish, isSelect);
  acts['home'] = { statements, reply: typeof shown === 'string' ? JSON.parse(shown) : shown };
  agent.destroy();
  return acts;
}

/** Repeats the act until its reply is in the acknowledgement, for which a busy machine may be too slow. */
async function wholeReply(act: () => Promise<Answer>): Promise<string> {
  for (let i = 0; i < 50; i++) {
    const { body } = await act();
    if (body !== '') return body;
  }
  throw new Error('the bot never replied in time');
}

interface Process {
  readonly address: string;
  readonly pid: number;
}

type Round = Load & { readonly processorMs: number };

/**
 * Loads both in turns. @returns for throughput, p99 and processor time per request: both values and their ratio, as
 * medians of all rounds. Other work on the machine affects the ratio of processor time least.
 */
async function compare(act: Act, ours: Process, bare: Process): Promise<number[]> {
  const rounds: { ours: Round; bare: Round }[] = [];
  // The first round warms both up.
  for (let i = 0; i <= ROUNDS; i++) rounds.push({ ours: await round(act, ours), bare: await round(act, bare) });
  const counted = rounds.slice(1);
  const of = (value: (round: { ours: Round; bare: Round }) => number) => median(counted.map(value));
  return [
    of(({ ours }) => ours.perSecond),
    of(({ bare }) => bare.perSecond),
    of(({ ours, bare }) => ours.perSecond / bare.perSecond),
    of(({ ours }) => ours.p99),
    of(({ bare }) => bare.p99),
    of(({ ours, bare }) => ours.p99 / bare.p99),
    of(({ ours }) => ours.processorMs),
    of(({ bare }) => bare.processorMs),
    of(({ ours, bare }) => bare.processorMs / ours.processorMs),
  ];
}

async function round(act: Act, { address, pid }: Process): Promise<Round> {
  let requests = 0;
  const before = processorMsOf(pid);
  const one = (agent: Agent) => {
    requests++;
    return act(address, agent);
  };
  const measured = await load(one, { clients: CLIENTS, ms: ROUND_MS });
  return { ...measured, processorMs: (processorMsOf(pid) - before) / requests };
}

/** The processor time a process has used so far, on Linux; NaN elsewhere. */
function processorMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 14 and 15, in hundredths of a second, after the name, which may have spaces. Source: proc_pid_stat(5)
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return 10 * ((user ?? Number.NaN) + (system ?? Number.NaN));
  } catch {
    return Number.NaN;
  }
}
