import { type CredentialStatus, LEFT } from '../../credentials/credential.ts';
import type { CredentialFilter } from '../../credentials/ports.ts';
import { silenceValidSince } from '../../usage/triage.ts';
import { code, mention } from '../escaping.ts';
import { STATUS_WORDS } from './terms.ts';

/** What a list can be filtered by besides a status; with several, all must hold. */
export const LIST_TRAITS = ['production', 'failing', 'in_use', 'idle', 'on_hold', 'no_owner'] as const;
type ListTrait = (typeof LIST_TRAITS)[number];

const TRAIT_WORDS: Readonly<Record<ListTrait, string>> = {
  production: 'Production',
  failing: 'Failing',
  in_use: 'In use',
  idle: 'Idle',
  on_hold: 'On hold',
  no_owner: 'No owner',
};

/** What a list shows; its buttons carry it. Without any condition, it shows what is left. */
export interface ListView {
  readonly statuses?: readonly CredentialStatus[];
  readonly traits?: readonly ListTrait[];
  readonly mine?: boolean;
  /** Only this person's credentials, by Slack user id. */
  readonly owner?: string;
  /** Leaves out migrated credentials and those to which the migration does not apply. */
  readonly left?: boolean;
  /** Includes them where the list would otherwise leave them out. */
  readonly all?: boolean;
  readonly words?: readonly string[];
  readonly offset: number;
}

/** Filters offered below the list, in this order. */
export const LIST_CHOICES: readonly { readonly name: string; readonly view: ListView }[] = [
  { name: 'Left', view: { offset: 0 } },
  ...LIST_TRAITS.map((trait) => ({ name: TRAIT_WORDS[trait], view: { traits: [trait], offset: 0 } })),
  ...(['needs_attention', 'unfinished', 'unknown', 'migrated'] as const).map((status) => ({
    name: STATUS_WORDS[status],
    view: { statuses: [status], offset: 0 },
  })),
  { name: 'Mine', view: { mine: true, offset: 0 } },
  { name: 'All', view: { all: true, offset: 0 } },
];

/** Whether the list leaves out migrated and not eligible credentials although nobody asked for that. */
export function leavesOutDone({ statuses, traits, mine, owner, left, all, words }: ListView): boolean {
  return [statuses, traits, mine, owner, left, all, words].every((condition) => condition === undefined);
}

/** The part of a view that the credentials' store can filter by, which is all but the owner. */
export function filterOf(view: ListView, now: Date): CredentialFilter {
  const { statuses, traits = [], mine, owner, left, all, words } = view;
  const isWide = all || mine || owner !== undefined || words !== undefined;
  const wanted = statuses ?? (left === true || !isWide ? LEFT : undefined);
  return {
    ...(wanted !== undefined && { statuses: wanted }),
    ...(traits.includes('production') && { isProduction: true }),
    ...(traits.includes('failing') && { isFailing: true }),
    ...(traits.includes('in_use') && { isInUse: true }),
    ...(traits.includes('idle') && { isIdle: { since: silenceValidSince(now) } }),
    ...(traits.includes('on_hold') && { isHeld: true }),
    ...(traits.includes('no_owner') && { isOwned: false }),
    ...(words !== undefined && { words }),
  };
}

/** "@owner · Production · Unknown · `etl`"; empty for the default, which is what is left. */
export function viewWords({ statuses = [], traits = [], mine, owner, left, all, words = [] }: ListView): string {
  const parts: string[] = [];
  if (mine) parts.push('Mine');
  if (owner !== undefined) parts.push(mention(owner));
  parts.push(...traits.map((trait) => TRAIT_WORDS[trait]), ...statuses.map((status) => STATUS_WORDS[status]));
  const isNarrowed = mine || owner !== undefined || traits.length > 0 || words.length > 0;
  if (left && isNarrowed) parts.push('Left');
  if (all) parts.push('All');
  if (words.length > 0) parts.push(code(words.join(' ')));
  return parts.join(' · ');
}
