import { DatabaseSync } from 'node:sqlite';
import {
  latestWindow,
  localDate,
  nextWindow,
  type ReminderPlan,
  type ReminderWindow,
} from '../../src/reminders/windows.ts';
import type { PanelWindow } from '../panel/contract.ts';

interface Round {
  readonly started_at: string;
  readonly finished_at: string | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The timeline: every window of the plan from the first to the one after next, and what became of each. */
export function timeline(plan: ReminderPlan, now: Date, databaseFile: string): PanelWindow[] {
  const served = readRounds(databaseFile);
  const latest = latestWindow(plan, now);
  return everyWindow(plan, now).map((window) => {
    const round = served.get(window.key);
    const begun = latest !== null && window.date <= latest.date;
    return {
      days: window.days,
      date: window.date,
      state: stateOf(round, { begun, latest: window.key === latest?.key }),
      servedAt: round?.finished_at ?? null,
    };
  });
}

function stateOf(
  round: Round | undefined,
  { begun, latest }: { begun: boolean; latest: boolean },
): PanelWindow['state'] {
  if (round !== undefined) return round.finished_at === null ? 'being served' : 'served';
  if (latest) return 'due';
  return begun ? 'skipped' : 'ahead';
}

function everyWindow(plan: ReminderPlan, now: Date): ReminderWindow[] {
  const today = localDate(now, plan.timeZone);
  const windows: ReminderWindow[] = [];
  let at = new Date(Date.parse(plan.deadline) - (Math.max(...plan.days) + 1) * DAY_MS);
  // Two that have not begun: the next, and one to see that it goes on.
  for (let ahead = 0; ahead < 2; ) {
    const window = nextWindow(plan, at);
    windows.push(window);
    if (window.date > today) ahead += 1;
    at = new Date(`${window.date}T12:00:00Z`);
  }
  return windows;
}

/** What the bot itself wrote down, by the window's key. Before it has made its tables nothing was served. */
function readRounds(file: string): Map<string, Round> {
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare('select key, started_at, finished_at from reminder_rounds').all();
    return new Map(rows.map((row) => [String(row['key']), row as unknown as Round]));
  } catch {
    return new Map();
  }
}
