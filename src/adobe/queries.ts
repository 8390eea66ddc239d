import type { z } from 'zod';
import { AdobeError } from '../credentials/adobe-error.ts';
import type { JobReader, Jobs, JobsAsked, Runs, UnreadJob } from '../usage/ports.ts';
import type { Query, Schedule } from '../usage/usage.ts';
import type { AdobeHttp } from './http.ts';
import { QueriesPage, RunDetails, RunsPage, SchedulesPage } from './query-schema.ts';
import { queryOf } from './schema.ts';

const BASE = '/data/foundation/query';
const PAGE_SIZE = 100;

interface Unreadable {
  readonly name: string;
  readonly detail: string;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly unreadable: readonly Unreadable[];
  readonly unreadParts?: readonly Unreadable[];
  readonly next: string;
}

/** Reads schedules, their runs and queries. Source: Adobe's Query Service API specification. */
export class QueryServiceJobs implements JobReader {
  readonly #platform: AdobeHttp;

  constructor(platform: AdobeHttp) {
    this.#platform = platform;
  }

  schedules(asked: JobsAsked): Promise<Jobs<Schedule>> {
    const query = queryString({ property: propertyOf(asked), orderby: '-created', limit: PAGE_SIZE });
    const operation = `list the schedules of sandbox ${asked.sandbox}`;
    return this.#pages(asked, operation, `${BASE}/schedules`, query, SchedulesPage);
  }

  queries(asked: JobsAsked, since: Date): Promise<Jobs<Query>> {
    const query = queryString({
      property: propertyOf(asked, `created>=${since.toISOString()}`),
      orderby: '-created',
      // Queries that a client sends on its own are a sign of use as well.
      excludeHidden: false,
      limit: PAGE_SIZE,
    });
    const operation = `list the queries of sandbox ${asked.sandbox}`;
    return this.#pages(asked, operation, `${BASE}/queries`, query, QueriesPage);
  }

  async runs(sandbox: string, scheduleId: string, since: Date): Promise<Runs> {
    const query = queryString({ property: `created>${since.toISOString()}`, orderby: '-created', limit: PAGE_SIZE });
    const path = `${BASE}/schedules/${encodeURIComponent(scheduleId)}/runs${query}`;
    const operation = 'list the runs';
    const page = await this.#platform.get({ operation, path, sandbox, schema: RunsPage });
    const items = page.items.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
    const unread = page.unreadable.map((item) => toUnread(operation, item));
    checkFormat(operation, items, unread);
    return { items, unread };
  }

  async runError(sandbox: string, scheduleId: string, runId: string): Promise<string | null> {
    const path = `${BASE}/schedules/${encodeURIComponent(scheduleId)}/runs/${encodeURIComponent(runId)}`;
    return this.#platform.get({ operation: 'read a run', path, sandbox, schema: RunDetails });
  }

  async #pages<T extends Schedule | Query>(
    { sandbox, maxPages, limit }: JobsAsked,
    operation: string,
    path: string,
    first: string,
    schema: z.ZodType<Page<T>>,
  ): Promise<Jobs<T>> {
    const items = new Map<string, T>();
    // By name, since pages may overlap for these too.
    const unread = new Map<string, UnreadJob>();
    const unreadParts = new Map<string, UnreadJob>();
    const requested = new Set<string>();
    let isLast = false;
    let cutShort: AdobeError['problem'] | null = null;
    for (let query = first; !isLast && requested.size < maxPages; ) {
      requested.add(query);
      const before = items.size + unread.size;
      try {
        const page = await limit(() => this.#platform.get({ operation, path: path + query, sandbox, schema }));
        // Pages may overlap when the list changes in between.
        for (const item of page.items) items.set(item.id, item);
        for (const item of page.unreadable) unread.set(item.name, toUnread(operation, item));
        for (const part of page.unreadParts ?? []) unreadParts.set(part.name, toUnread(operation, part));
        const next = page.next === '' ? '' : queryOf(page.next, operation);
        const isFull = page.items.length + page.unreadable.length >= PAGE_SIZE;
        // A full page without a link may hide further pages.
        if (next === '' && isFull) break;
        // As with accounts, the last page may have a link too.
        isLast = next === '' || requested.has(next) || items.size + unread.size === before;
        query = next;
      } catch (error) {
        if (!(error instanceof AdobeError) || items.size === 0) throw error;
        cutShort = error.problem;
        break;
      }
    }
    const unreadItems = [...unread.values()];
    checkFormat(operation, [...items.values()], unreadItems);
    return {
      items: [...items.values()],
      unread: unreadItems,
      unreadParts: [...unreadParts.values()],
      isWhole: isLast && unreadItems.length === 0,
      ...(cutShort !== null && { cutShort }),
    };
  }
}

function toUnread(operation: string, { name, detail }: Unreadable): UnreadJob {
  return { name, problem: { kind: 'bad_answer', operation, detail } };
}

/** @throws {AdobeError} if there are items and none can be read: then the format has changed */
function checkFormat(operation: string, items: readonly unknown[], unread: readonly UnreadJob[]): void {
  const [first] = unread;
  if (items.length === 0 && first !== undefined)
    throw new AdobeError('bad_answer', operation, { detail: first.problem.detail ?? '' });
}

function propertyOf({ technicalAccountId: id }: JobsAsked, ...conditions: readonly string[]): string {
  const ofAccount = id === undefined ? [] : [`userId==${id.toLowerCase()}@techacct.adobe.com`];
  return [...ofAccount, ...conditions].join(',');
}

/** Encodes every value, so that a plus sign or a comma arrives unchanged; leaves out empty ones. */
function queryString(parameters: Readonly<Record<string, string | number | boolean>>): string {
  const parts = Object.entries(parameters).filter(([, value]) => value !== '');
  return `?${parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
