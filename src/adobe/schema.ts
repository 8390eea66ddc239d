import { z } from 'zod';
import { AdobeError } from '../credentials/adobe-error.ts';
import type { Account } from '../credentials/adobe-reader.ts';
import { bareAccountId } from '../credentials/credential.ts';
import { truncate } from './errors.ts';

/**
 * Adobe's responses, as far as we use them. Unknown fields are ignored; a required field that is missing or of another
 * type is a `bad_answer`, never a guess.
 */

/** `POST /ims/token/v3`: Adobe's IMS documentation. `expires_in` is in seconds. */
export const TokenResponse = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
export type TokenResponse = z.infer<typeof TokenResponse>;

/** Milliseconds or ISO text: Adobe's samples disagree. Invalid dates become null: one bad date must not fail the page. */
const ReadableDate = z.unknown().transform((value): Date | null => {
  const ms =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)
      ? Date.parse(value)
      : typeof value === 'number' || (typeof value === 'string' && /^\d{10,}$/.test(value))
        ? Number(value)
        : Number.NaN;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date;
});

const AccountItem = z
  .object({
    technicalAccountId: z
      .string()
      .transform(bareAccountId)
      .refine((id) => /^[0-9A-Z]{1,64}$/.test(id), { error: 'expected a technical account id' }),
    // Required, but may be empty.
    accountName: z.string(),
    description: z.string().nullish(),
    assignedToUser: z.string().nullish(),
    created: ReadableDate.optional(),
    lastUpdated: ReadableDate.optional(),
  })
  .transform(
    (item): Account => ({
      technicalAccountId: item.technicalAccountId,
      name: item.accountName,
      description: item.description ?? '',
      owner: item.assignedToUser?.trim() || null,
      changedAt: item.lastUpdated ?? item.created ?? null,
    }),
  );

/** `{href}` or the bare link; empty or absent on the last page. */
const Link = z.union([z.string(), z.object({ href: z.string() })], { error: 'expected a link' });

/** `GET /data/foundation/queryauth/accounts`: Adobe's Query Service documentation, accounts page. */
export const AccountsPage = z
  .object({ accounts: z.array(AccountItem), _links: z.object({ next: Link.nullish() }).nullish() })
  .transform(({ accounts, _links }) => {
    const next = _links?.next ?? '';
    return { accounts, next: typeof next === 'string' ? next : next.href };
  });

/** Text, according to the Console API specification; numbers occur as well. */
const ConsoleId = z.union([z.string().min(1), z.int()], { error: 'expected an id' }).transform(String);

/** `GET /console/organizations`: Adobe's Console API specification. `code` is the `…@AdobeOrg` id, where there is one. */
export const Organizations = z.array(z.object({ id: ConsoleId, code: z.string().nullish() }));

/** `GET …/integrations`: Adobe's Console API specification. `pages` and `total` count from 1. */
export const IntegrationsPage = z.object({
  content: z.array(z.object({ id: ConsoleId })),
  pages: z.int().nullish(),
  total: z.int().nullish(),
});

/** `GET …/integrations/{id}`: Adobe's Console API specification. Integrations of other types have no technical account. */
export const Integration = z
  .object({ technicalAccountId: z.string().nullish() })
  .transform(({ technicalAccountId }) => bareAccountId(technicalAccountId ?? '') || null);

const STATUSES = { NOT_STARTED: 'not_started', STARTED: 'started', COMPLETED: 'completed', NONE: 'none' } as const;

/** `GET …/status`: Adobe's Console API specification. */
export const MigrationStatus = z
  .object({
    migrationStatus: z.enum(Object.keys(STATUSES) as (keyof typeof STATUSES)[], {
      error: ({ input }) => (typeof input === 'string' ? `unknown value "${input}"` : undefined),
    }),
  })
  .transform(({ migrationStatus }) => STATUSES[migrationStatus]);

/**
 * Validates a response and turns it into the type that use cases work with.
 * @throws {AdobeError} kind `bad_answer`, whose detail names the first invalid field
 */
export function validate<T>(operation: string, schema: z.ZodType<T>, response: unknown): T {
  const result = schema.safeParse(response, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new AdobeError('bad_answer', operation, { detail: truncate(issue ? describeIssue(issue) : 'unreadable') });
}

function describeIssue({ path, input, message }: z.core.$ZodIssue): string {
  const field = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const words = input === undefined ? 'missing' : message.replace(/^Invalid input: /, '');
  return `${field.replace(/^\./, '') || 'the response'}: ${words}`;
}
