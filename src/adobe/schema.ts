import { z } from 'zod';
import { AdobeError } from '../credentials/adobe-error.ts';
import {
  type Account,
  type Listing,
  NAMELESS,
  type UnreadDate,
  type UnreadItem,
  type UnreadPart,
} from '../credentials/adobe-reader.ts';
import { bareAccountId } from '../credentials/credential.ts';
import { truncate } from './errors.ts';

/**
 * Adobe's responses, as far as we use them. Unknown fields are ignored; a required field that is missing or of another
 * type is a `bad_answer`, never a guess.
 */

/** `POST /ims/token/v3`: Adobe's IMS documentation. `expires_in` is in seconds. */
export const TokenResponse = z.object({
  access_token: z.string().min(1),
  expires_in: z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
    z.number().positive(),
  ),
});
export type TokenResponse = z.infer<typeof TokenResponse>;

/** Smaller numbers are seconds: as milliseconds they would be a date before Adobe Experience Platform existed. */
const FIRST_MS = 1e11;
/** The end of the last year with four digits, as in ISO 8601; a number of microseconds would lie far beyond it. */
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Stands for a value that is present but cannot be read: it is reported by name and must not fail the page. */
export const UNREADABLE = Symbol('unreadable');

/** What Adobe's software writes for no date. */
const NO_DATE: ReadonlySet<unknown> = new Set([undefined, null, '', '0']);

/**
 * Milliseconds, seconds or ISO text: Adobe's samples disagree. Null if there is no date, or a value that stands for
 * none (0, the year 1).
 */
export const ReadableDate = z.unknown().transform((value): Date | null | typeof UNREADABLE => {
  if (NO_DATE.has(value) || (typeof value === 'string' && value.startsWith('0000-00-00'))) return null;
  const ms = Math.trunc(millisecondsIn(value));
  if (ms <= 0) return null;
  return ms <= LAST_MS ? new Date(ms) : UNREADABLE;
});

/** The time in a value, in milliseconds since 1970; NaN if it has none. */
function millisecondsIn(value: unknown): number {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) return Date.parse(inUtc(value));
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{10,}$/.test(value));
  const number = isNumber ? Number(value) : Number.NaN;
  return number < FIRST_MS ? number * 1000 : number;
}

export const NO_DATE_READ = 'expected a date';
export const NO_TEXT_READ = 'expected text';

/** The value; null if there is none, or it cannot be read. */
export function orNull<T>(value: T | typeof UNREADABLE | undefined): T | null {
  return value === UNREADABLE || value === undefined ? null : value;
}

/** Some of Adobe's dates have no time zone, such as `2019-09-04 04:57:24`: they are UTC, not this machine's time. */
function inUtc(text: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/.exec(text) ?? [];
  return time === undefined ? text : `${day}T${time}Z`;
}

/** A number, or its digits as text; null if it is anything else, as if Adobe had sent no count. */
const CountOrNull = z.unknown().transform((value) => {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
});

/** Text; null if there is none, `UNREADABLE` if it is anything else. */
export const ReadableText = z.unknown().transform((value): string | null | typeof UNREADABLE => {
  if (value == null) return null;
  return typeof value === 'string' ? value : UNREADABLE;
});

/** Text; null if it is anything else. */
export const TextOrNull = z.unknown().transform((value) => (typeof value === 'string' ? value : null));

const AccountItem = z
  .object({
    technicalAccountId: z
      .string()
      .transform(bareAccountId)
      .refine((id) => /^[0-9A-Z]{1,64}$/.test(id), { error: 'expected a technical account id' }),
    accountName: ReadableText.optional(),
    description: ReadableText.optional(),
    assignedToUser: ReadableText.optional(),
    created: ReadableDate.optional(),
    lastUpdated: ReadableDate.optional(),
  })
  .transform((item) => ({
    account: {
      technicalAccountId: item.technicalAccountId,
      name: orNull(item.accountName) ?? item.technicalAccountId,
      description: orNull(item.description) ?? '',
      owner: orNull(item.assignedToUser)?.trim() || null,
      changedAt: orNull(item.lastUpdated) ?? orNull(item.created),
    } satisfies Account,
    unreadParts: unreadPartsOf(item),
  }));

export type PartOfAccount = UnreadPart & { readonly adobeField: string; readonly why: string };

/** The unreadable parts of an account. Of its two dates, only the one that is used counts. */
function unreadPartsOf(item: { readonly lastUpdated?: unknown }) {
  const date = item.lastUpdated == null ? 'created' : 'lastUpdated';
  const parts: readonly PartOfAccount[] = [
    { what: 'date', field: 'changedAt', adobeField: date, why: NO_DATE_READ },
    { what: 'name', field: 'name', adobeField: 'accountName', why: NO_TEXT_READ },
    { what: 'description', field: 'description', adobeField: 'description', why: NO_TEXT_READ },
    { what: 'owner', field: 'owner', adobeField: 'assignedToUser', why: NO_TEXT_READ },
  ];
  return parts.filter(({ adobeField }) => (item as Record<string, unknown>)[adobeField] === UNREADABLE);
}

/** `{href}` or the bare link; empty or absent on the last page. Anything else is an error: it might hide more pages. */
const Link = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? '' : value),
  z.union([z.string(), z.object({ href: z.string().nullable() })], { error: 'expected a link' }),
);

/** The link to the next page; empty if there is none. */
export const Links = z
  .object({ next: Link.nullish() })
  .nullish()
  .transform((links) => {
    const next = links?.next ?? '';
    return typeof next === 'string' ? next : (next.href ?? '');
  });

/** Only the query of a link is used, so our token is sent to nothing but the configured host and path. */
export function queryOf(link: string, operation: string): string {
  const url = URL.parse(link, 'https://platform.adobe.io');
  if (url === null) throw new AdobeError('bad_answer', operation, { detail: '_links.next: not a link' });
  return url.search;
}

/** An item of a list that does not match the published schema. */
interface Unreadable {
  /** Adobe's name for it, as far as it can be read: text from outside. */
  readonly name: string;
  /** Whether `name` is from the first of the fields that may contain a name. */
  readonly isNamed: boolean;
  /** Names the invalid field. */
  readonly detail: string;
}

/** A list whose items are read one by one, so that an unreadable item never fails its list. */
export function listOf<T>(list: string, item: z.ZodType<T>, nameFields: readonly string[]) {
  // Null is an empty list; a missing one means another format.
  const all = z.preprocess((value) => (value === null ? [] : value), z.array(z.unknown()));
  return all.transform((values) => {
    const items: T[] = [];
    const unreadable: Unreadable[] = [];
    for (const [i, value] of values.entries()) {
      const result = item.safeParse(value, { reportInput: true });
      if (result.success) items.push(result.data);
      else unreadable.push({ ...nameIn(value, nameFields), detail: detailOf(result.error, [list, i]) });
    }
    return { items, unreadable };
  });
}

function nameIn(item: unknown, fields: readonly string[]): Pick<Unreadable, 'name' | 'isNamed'> {
  const values = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {};
  const texts = fields.map((field) => values[field]).map((value) => (typeof value === 'string' ? value.trim() : ''));
  const name = texts.find((text) => text !== '');
  return { name: name === undefined ? NAMELESS : truncate(name), isNamed: texts[0] !== '' };
}

/** `GET /data/foundation/queryauth/accounts`: Adobe's Query Service documentation, accounts page. */
export const AccountsPage = z
  .object({ accounts: listOf('accounts', AccountItem, ['accountName', 'technicalAccountId']), _links: Links })
  .transform(({ accounts, _links }) => ({ ...accounts, next: _links }));

/** Text according to the Console API specification, but numbers occur too. */
const ConsoleId = z.union([z.string().min(1), z.int()], { error: 'expected an id' }).transform(String);

/** `GET /console/organizations`: Adobe's Console API specification. `code` is the `…@AdobeOrg` id, if there is one. */
export const Organizations = listOf('', z.object({ id: ConsoleId, code: TextOrNull.optional() }), ['name']);

/** `GET …/integrations`: Adobe's Console API specification. `pages` and `total` count from 1. */
export type IntegrationsPage = z.infer<typeof IntegrationsPage>;
export const IntegrationsPage = z.object({
  content: listOf('content', z.object({ id: ConsoleId }), ['name']),
  pages: CountOrNull.optional(),
  total: CountOrNull.optional(),
});

/**
 * `GET …/integrations/{id}`: Adobe's Console API specification. Integrations of other types have no technical account.
 */
export const Integration = z
  .object({ technicalAccountId: z.string().nullish() })
  .transform(({ technicalAccountId }) => bareAccountId(technicalAccountId ?? '') || null);

/**
 * `GET …/integrations/entp/{id}/bindings`: Adobe's Console API specification; the certificates of a JWT credential.
 * Read as the end of the last one, null if there is none; the rest of the response must not fail a sync. If any of the
 * dates cannot be read, the last one is unknown.
 */
export const Bindings = z.unknown().transform((bindings): Date | null | UnreadDate => {
  const certificates =
    z.array(z.object({ notAfter: ReadableDate }).catch({ notAfter: null })).safeParse(bindings).data ?? [];
  const unread = certificates.findIndex(({ notAfter }) => notAfter === UNREADABLE);
  if (unread >= 0) return { unread: `[${unread}].notAfter: ${NO_DATE_READ}` };
  const times = certificates.flatMap(({ notAfter }) => orNull(notAfter)?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.max(...times));
});

const STATUSES = { NOT_STARTED: 'not_started', STARTED: 'started', COMPLETED: 'completed', NONE: 'none' } as const;

/** `GET …/status`: Adobe's Console API specification. */
export const MigrationStatus = z
  .object({
    migrationStatus: z.preprocess(
      (value) =>
        typeof value === 'string' && Object.hasOwn(STATUSES, value.toUpperCase()) ? value.toUpperCase() : value,
      z.enum(Object.keys(STATUSES) as (keyof typeof STATUSES)[], {
        error: ({ input }) => (typeof input === 'string' ? `unknown value "${input}"` : undefined),
      }),
    ),
  })
  .transform(({ migrationStatus }) => STATUSES[migrationStatus]);

/**
 * A list as far as it can be read.
 * @throws {AdobeError} kind `bad_answer` if there are items and none can be read: then the format has changed
 */
export function listingOf<T>(operation: string, items: readonly T[], unread: readonly UnreadItem[]): Listing<T> {
  const [first] = unread;
  if (items.length > 0 || first === undefined) return { items, unread };
  throw new AdobeError(
    'bad_answer',
    operation,
    first.problem.detail === undefined ? {} : { detail: first.problem.detail },
  );
}

/**
 * Validates a response and turns it into the type that use cases work with.
 * @throws {AdobeError} kind `bad_answer`, whose detail names the first invalid field
 */
export function validate<T>(operation: string, schema: z.ZodType<T>, response: unknown): T {
  const result = schema.safeParse(response, { reportInput: true });
  if (result.success) return result.data;
  throw new AdobeError('bad_answer', operation, { detail: detailOf(result.error) });
}

/** The first invalid field, and what is wrong with it. */
function detailOf({ issues: [issue] }: z.ZodError, within: readonly PropertyKey[] = []): string {
  if (issue === undefined) return 'unreadable';
  const { path, input, message } = issue;
  const field = [...within, ...path]
    .filter((part) => part !== '')
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  const words = input === undefined ? 'missing' : message.replace(/^Invalid input: /, '');
  return truncate(`${field.replace(/^\./, '') || 'the response'}: ${words}`);
}
