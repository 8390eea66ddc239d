import { addDays, today } from '../lib/calendar.ts';
import type { Clock } from '../lib/clock.ts';
import type { ReminderPlan } from '../reminders/windows.ts';
import type { TrendStore } from './ports.ts';
import { type DailyCount, daysBefore, type Trend, trendOf } from './trend.ts';

/** How far back a chart goes. Days. */
const CHART_DAYS = 365;

/** Keeps one row of counts per day, and reports the trend. */
export class Trends {
  readonly #store: TrendStore;
  readonly #clock: Clock;
  readonly #plan: Pick<ReminderPlan, 'deadline' | 'timeZone'>;

  constructor(parts: { trends: TrendStore; clock: Clock }, plan: Pick<ReminderPlan, 'deadline' | 'timeZone'>) {
    this.#store = parts.trends;
    this.#clock = parts.clock;
    this.#plan = plan;
  }

  /** Notes today's counts, from any instance; before the first day is noted, adds those known from the audit trail. */
  async note(): Promise<void> {
    const known = await this.#knownCounts();
    if (known === null) return;
    const { todaysCount, days } = known;
    if (days.length === 0) await this.#store.addMissing(await this.#daysFromAuditTrail(todaysCount));
    await this.#store.note(todaysCount);
  }

  /** The trend, including what is left now; null before the first sync has succeeded. */
  async current(): Promise<Trend | null> {
    const known = await this.#knownCounts();
    if (known === null) return null;
    const { todaysCount, days } = known;
    const earlier = days.filter(({ day }) => day < todaysCount.day);
    return trendOf([...earlier, todaysCount], this.#plan.deadline);
  }

  async #knownCounts(): Promise<{ todaysCount: DailyCount; days: readonly DailyCount[] } | null> {
    const day = today(this.#plan, this.#clock.now());
    const known = await this.#store.known(addDays(day, -CHART_DAYS));
    return known && { todaysCount: { day, ...known.now }, days: known.days };
  }

  async #daysFromAuditTrail(first: DailyCount): Promise<DailyCount[]> {
    const audited = await this.#store.auditedMigrations();
    if (audited === null) return [];
    const dayOf = (at: Date) => today(this.#plan, at);
    return daysBefore(first, audited.migratedAt.map(dayOf), dayOf(audited.since));
  }
}
