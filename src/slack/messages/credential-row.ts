import type { Button } from '@slack/types';
import type { CredentialStatus, ListedCredential } from '../../credentials/credential.ts';
import { nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { button, line, type QuietPart, quiet, type Row } from './blocks.ts';
import { heldMark, productionFirst, SANDBOXES_SHOWN, STATUS_WORDS } from './terms.ts';
import { usageWords } from './usage.ts';

/** A credential's state at a glance: one sign for one state, everywhere. */
export const STATUS_SIGNS: Readonly<Record<CredentialStatus, string>> = {
  needs_attention: '⚠️',
  migrating: '⏳',
  unfinished: '🟡',
  eligible: '⚪',
  unknown: '❔',
  not_eligible: '➖',
  migrated: '✅',
};

/** Slack user ids by the owner's email in lower case. */
export type OwnerIds = ReadonlyMap<string, string>;

const NO_IDS: OwnerIds = new Map();

/** One credential: its state, name and what matters now; below that, in small print, its sandboxes and owner. */
export function credentialRows(
  credential: ListedCredential,
  now: Date,
  accessory?: Button,
  ownerIds: OwnerIds = NO_IDS,
): Row[] {
  const words = [statusAndName(credential), heldMark(credential), usageWords(credential, now)];
  return [
    line(words.filter((part) => part !== '').join(' · '), accessory),
    quiet(...sandboxesAndOwner(credential, ownerIds)),
  ];
}

/** "⚠️ `looker-prod` · *Needs attention*". Eligible ones have no status word, since most of a list is Eligible. */
function statusAndName({ status, name }: Pick<ListedCredential, 'status' | 'name'>): string {
  const word = status === 'eligible' ? '' : ` · *${STATUS_WORDS[status]}*`;
  return `${STATUS_SIGNS[status]} ${nameCode(name)}${word}`;
}

/** "🔒 prod, dev · @owner": production first; the owner's email if Slack was not asked who that is. */
function sandboxesAndOwner(credential: ListedCredential, ownerIds: OwnerIds): QuietPart[] {
  const sandboxes = productionFirst(credential);
  const rest = sandboxes.length - SANDBOXES_SHOWN;
  return [
    ...sandboxes.slice(0, SANDBOXES_SHOWN).flatMap(({ sign, name }, i) => [i > 0 ? ', ' : '', sign, { outside: name }]),
    rest > 0 ? `, ${rest} more · ` : ' · ',
    ownerPart(credential.owner, ownerIds),
  ];
}

function ownerPart(owner: string | null, ownerIds: OwnerIds): QuietPart {
  if (owner === null) return 'no owner';
  const userId = ownerIds.get(owner.toLowerCase());
  return userId === undefined ? { outside: owner } : { userId };
}

export function migrateButton(credential: ListedCredential): Button | undefined {
  if (credential.status !== 'eligible' || credential.hold !== null) return undefined;
  return button('Migrate…', ACTIONS.migrate, {
    value: credential.technicalAccountId,
    // Read aloud, a dozen buttons that all say Migrate would be useless.
    label: `Migrate ${credential.name}`,
  });
}
