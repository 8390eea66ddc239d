import type { Clock } from '../lib/clock.ts';
import { addDays, type ReminderPlan, today } from '../reminders/windows.ts';
import type { TrendStore } from './ports.ts';
import { type DailyCount, daysBefore, type Trend, trendOf } from './trend.ts';

/** A chart goes back so far. Days. */
const SHOWN_DAYS = 365;

/** Keeps one row of counts a day, and says how the migration goes. */
export class Trends {
  readonly #store: TrendStore;
  readonly #clock: Clock;
  readonly #plan: Pick<ReminderPlan, 'deadline' | 'timeZone'>;

  constructor(parts: { trends: TrendStore; clock: Clock }, plan: Pick<ReminderPlan, 'deadline' | 'timeZone'>) {
    this.#store = parts.trends;
    this.#clock = parts.clock;
    this.#plan = plan;
  }

  /** Notes today's counts, from any instance; before the first day is noted, adds those the audit trail tells about. */
  async note(): Promise<void> {
    const count = await this.#today();
    if (count === null) return;
    if ((await this.#known(count.day)).length === 0) await this.#store.add(await this.#before(count));
    await this.#store.note(count);
  }

  /** With what is left now; null before the first sync has succeeded. */
  async current(): Promise<Trend | null> {
    const count = await this.#today();
    if (count === null) return null;
    const known = await this.#known(count.day);
    return trendOf([...known.filter(({ day }) => day < count.day), count], this.#plan.deadline);
  }

  async #today(): Promise<DailyCount | null> {
    const counts = await this.#store.counts();
    return counts === null ? null : { day: today(this.#plan, this.#clock.now()), ...counts };
  }

  #known(day: string): Promise<DailyCount[]> {
    return this.#store.since(addDays(day, -SHOWN_DAYS));
  }

  async #before(first: DailyCount): Promise<DailyCount[]> {
    const trail = await this.#store.trail();
    if (trail === null) return [];
    const dayOf = (at: Date) => today(this.#plan, at);
    return daysBefore(first, trail.ends.map(dayOf), dayOf(trail.since));
  }
}
