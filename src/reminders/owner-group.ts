import type { FurtherCounts, ListedCredential } from '../credentials/credential.ts';
import type { Recipient } from './ports.ts';

/** Credentials of an owner that a digest names. */
export const NAMED_PER_OWNER = 3;

/** The credentials of one owner that are still to be migrated, and who is reminded of them. */
export interface OwnerGroup {
  /** Adobe's email, in lower case; null if nobody is assigned, or a migrator took over. */
  readonly email: string | null;
  /** Null when no one is known, or the lookup failed and is retried. */
  readonly recipient: Recipient | null;
  /** In the order of the list: the first of them, where there are `further` ones. */
  readonly credentials: readonly ListedCredential[];
  /** Of which only numbers were read; left out: none. */
  readonly further?: FurtherCounts;
  /** The person who took them over; left out for those of an owner. */
  readonly takenBy?: string;
}

/** The content of a group. */
export type GroupContent = Pick<OwnerGroup, 'credentials' | 'further'>;

const NO_FURTHER: FurtherCounts = { count: 0, production: 0, failing: 0 };

export function sumOfFurther(all: readonly FurtherCounts[]): FurtherCounts {
  return all.reduce(
    (sum, further) => ({
      count: sum.count + further.count,
      production: sum.production + further.production,
      failing: sum.failing + further.failing,
    }),
    NO_FURTHER,
  );
}

/** How many are left, of all these groups together. */
export function leftOf(...groups: readonly GroupContent[]): number {
  return groups.reduce((sum, { credentials, further }) => sum + credentials.length + (further?.count ?? 0), 0);
}

/** How many of them are in production. */
export function productionLeftOf(...groups: readonly GroupContent[]): number {
  const inProduction = (credentials: readonly ListedCredential[]) =>
    credentials.filter(({ production }) => production.length > 0).length;
  return groups.reduce(
    (sum, { credentials, further }) => sum + inProduction(credentials) + (further?.production ?? 0),
    0,
  );
}

/** Joins the addresses of one person, and what that person took over, into one group; other groups are unchanged. */
export function mergedByPerson(groups: readonly OwnerGroup[]): OwnerGroup[] {
  const merged = new Map<string | OwnerGroup, OwnerGroup>();
  for (const group of groups) {
    const key = group.recipient?.kind === 'person' ? group.recipient.userId : group;
    const before = merged.get(key);
    merged.set(key, before === undefined ? group : joined(before, group));
  }
  return [...merged.values()];
}

/** The first named ones stay first: a group with further ones names as many as a digest does. */
function joined(before: OwnerGroup, group: OwnerGroup): OwnerGroup {
  const furthers = [before, group].flatMap(({ further }) => further ?? []);
  return {
    ...before,
    credentials: [...before.credentials, ...group.credentials],
    ...(furthers.length > 0 && { further: sumOfFurther(furthers) }),
  };
}
