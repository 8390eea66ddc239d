import { z } from 'zod';
import { bareAccountId } from '../credentials/credential.ts';
import type { Outcome, Query, Run, Schedule } from '../usage/usage.ts';
import { truncate } from './errors.ts';
import {
  Links,
  listOf,
  NO_DATE_READ,
  NO_TEXT_READ,
  orNull,
  ReadableDate,
  ReadableText,
  TextOrNull,
  UNREADABLE,
} from './schema.ts';

/**
 * Responses of Adobe's Query Service API, as far as we use them. Its samples disagree with its specification: states in
 * lower case, times as digits and links as objects are read as well.
 */

/** By Adobe's states; any other state means that it has not ended. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  SUCCESS: 'succeeded',
  FAILED: 'failed',
  TIMEOUT: 'failed',
  KILLED: 'stopped',
};

const State = z.unknown().transform((value): Outcome => OUTCOMES[String(value).toUpperCase()] ?? 'open');

/** Required: without a date nothing can be said about the item. */
const Created = ReadableDate.refine((date) => date instanceof Date, { error: NO_DATE_READ });

/** The id of a technical account; null for a person's (`…@AdobeID`) or none. */
const UserId = TextOrNull.optional().transform((text) =>
  text != null && /@techacct\.adobe\.com$/i.test(text.trim()) ? bareAccountId(text) : null,
);

const Id = z.union([z.string().min(1), z.number()], { error: 'expected an id' }).transform(String);

/** The name of a query's request. */
const RequestName = z
  .object({ name: TextOrNull.optional() })
  .nullish()
  .catch(null)
  .transform((request) => request?.name?.trim() || null);

/** The first of Adobe's errors, in its words. */
const Errors = z.unknown().transform((errors): string | null => {
  const item = z.object({ code: z.unknown(), message: TextOrNull }).partial();
  const [first] = z.array(item).safeParse(errors).data ?? [];
  const code = typeof first?.code === 'string' || typeof first?.code === 'number' ? String(first.code) : null;
  const words = first?.message?.trim() || code;
  return words ? truncate(words) : null;
});

const QueryItem = z
  .object({
    id: Id,
    state: State,
    created: Created,
    userId: UserId,
    request: RequestName,
    templateName: TextOrNull.optional(),
    errors: Errors.optional(),
  })
  .transform(
    ({ id, state, created, userId, request, templateName, errors }): Query => ({
      id,
      technicalAccountId: userId,
      name: request ?? (templateName?.trim() || null),
      createdAt: created as Date,
      outcome: state,
      error: state === 'failed' ? (errors ?? null) : null,
    }),
  );

/** `GET /queries`: Adobe's Query Service API specification. */
export const QueriesPage = z
  .object({ queries: listOf('queries', QueryItem, ['id']), _links: Links })
  .transform(({ queries, _links }) => ({ ...queries, next: _links }));

/** An unreadable part of a schedule, with Adobe's name of the field. */
interface UnreadField {
  readonly part: 'date' | 'name';
  readonly field: string;
  readonly why: string;
}

const ScheduleItem = z
  .object({
    id: Id,
    userId: UserId,
    state: TextOrNull.optional(),
    query: z.object({ name: ReadableText.optional() }).nullish().catch(null),
    schedule: z
      .object({ schedule: TextOrNull, startDate: ReadableDate, endDate: ReadableDate })
      .partial()
      .nullish()
      .catch(null),
  })
  .transform(({ id, userId, state, query, schedule }): { schedule: Schedule; unreadParts: readonly UnreadField[] } => {
    const values: readonly (UnreadField & { value: unknown })[] = [
      { part: 'date', field: 'startDate', value: schedule?.startDate, why: NO_DATE_READ },
      { part: 'date', field: 'endDate', value: schedule?.endDate, why: NO_DATE_READ },
      { part: 'name', field: 'name', value: query?.name, why: NO_TEXT_READ },
    ];
    const unreadParts = values.filter(({ value }) => value === UNREADABLE);
    const unread = [...new Set(unreadParts.map(({ part }) => part))];
    return {
      unreadParts,
      schedule: {
        id,
        technicalAccountId: userId,
        name: orNull(query?.name)?.trim() || id,
        cron: schedule?.schedule ?? '',
        isEnabled: state?.toUpperCase() === 'ENABLED',
        startsAt: orNull(schedule?.startDate),
        endsAt: orNull(schedule?.endDate),
        ...(unread.length > 0 && { unread }),
      },
    };
  });

/** `GET /schedules`: Adobe's Query Service API specification. */
export const SchedulesPage = z
  .object({ schedules: listOf('schedules', ScheduleItem, ['id']), _links: Links })
  .transform(({ schedules: { items, unreadable }, _links }) => ({
    items: items.map(({ schedule }) => schedule),
    unreadable,
    unreadParts: items.flatMap(({ schedule: { name }, unreadParts }) =>
      unreadParts.map(({ field, why }) => ({ name: `${truncate(name)}: ${field}`, detail: `${field}: ${why}` })),
    ),
    next: _links,
  }));

const RunItem = z
  .object({ id: Id, state: State, created: Created })
  .transform(({ id, state, created }): Run => ({ id, createdAt: created as Date, outcome: state, error: null }));

/** `GET /schedules/{id}/runs`: Adobe's Query Service API specification. */
export const RunsPage = z
  .object({ runsSchedules: listOf('runsSchedules', RunItem, ['id']) })
  .transform(({ runsSchedules }) => runsSchedules);

/** `GET /schedules/{id}/runs/{id}`: Adobe's Query Service API specification. The words of its last task that failed. */
export const RunDetails = z
  .object({ taskStatusList: z.array(z.object({ state: State, message: TextOrNull.optional() })).catch([]) })
  .partial()
  .transform(({ taskStatusList = [] }): string | null => {
    const failed = taskStatusList.filter(({ state, message }) => state === 'failed' && message?.trim());
    const words = failed.at(-1)?.message?.trim();
    return words ? truncate(words) : null;
  });
