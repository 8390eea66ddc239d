import { DatabaseSync } from 'node:sqlite';
import {
  latestWindow,
  nextWindow,
  type ReminderPlan,
  type ReminderWindow,
  windowsBefore,
} from '../../src/reminders/windows.ts';
import type { PanelWindow } from '../panel/contract.ts';

interface Round {
  readonly started_at: string;
  readonly finished_at: string | null;
}

/** The timeline: every window of the plan up to the one after next, each with its state. */
export function timeline(plan: ReminderPlan, now: Date, databaseFile: string): PanelWindow[] {
  const served = readRounds(databaseFile);
  const latest = latestWindow(plan, now);
  return windowsOf(plan, now).map((window) => {
    const round = served.get(window.key);
    const hasBegun = latest !== null && window.date <= latest.date;
    return {
      days: window.days,
      date: window.date,
      state: stateOf(round, { hasBegun, isLatest: window.key === latest?.key }),
      servedAt: round?.finished_at ?? null,
    };
  });
}

function stateOf(
  round: Round | undefined,
  { hasBegun, isLatest }: { hasBegun: boolean; isLatest: boolean },
): PanelWindow['state'] {
  if (round !== undefined) return round.finished_at === null ? 'being served' : 'served';
  if (isLatest) return 'due';
  return hasBegun ? 'skipped' : 'ahead';
}

/** Every window up to the two upcoming ones: the next, and one more to show that the reminders continue. */
function windowsOf(plan: ReminderPlan, now: Date): ReminderWindow[] {
  const next = nextWindow(plan, now);
  const last = nextWindow(plan, new Date(`${next.date}T12:00:00Z`));
  return [...windowsBefore(plan, last), last].sort((a, b) => b.days - a.days);
}

/** The rounds in the bot's database, by window key; none before the bot has created its tables. */
function readRounds(file: string): Map<string, Round> {
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    const rows = database.prepare('select key, started_at, finished_at from reminder_rounds').all();
    // The round of a window served together with a later one has equal times.
    const servedAlone = rows.filter((row) => row['started_at'] !== row['finished_at']);
    return new Map(servedAlone.map((row) => [String(row['key']), row as unknown as Round]));
  } catch {
    return new Map();
  }
}
