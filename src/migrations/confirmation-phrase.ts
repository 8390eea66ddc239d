import type { Migration, Shown } from './migration.ts';

/** Longer names are too easily mistyped. Characters. */
const MAX_TYPED = 80;
/** What a keyboard or a text field does not reproduce exactly; of emoji also flags, skin tones and keycaps. */
const UNTYPEABLE = /[\p{C}\p{Extended_Pictographic}\p{Emoji_Presentation}\p{Me}\ufffd]/u;

/** Whether the confirmation phrase must be typed: in production, and where it may be there, too. */
export function needsPhrase({ production, unreadProduction = [] }: Shown): boolean {
  return production.length > 0 || unreadProduction.length > 0;
}

type NamedRequest = Pick<Migration, 'technicalAccountId'> & { readonly shown: Pick<Shown, 'name'> };

/**
 * What must be typed to migrate a production credential: its name as the question showed it, or the technical account
 * id where the name is empty, too long, or cannot be typed.
 */
export function confirmationPhrase({ shown, technicalAccountId }: NamedRequest): string {
  const name = normalise(shown.name);
  return name !== '' && name.length <= MAX_TYPED && !UNTYPEABLE.test(name) ? name : technicalAccountId;
}

/** Whether the confirmation phrase was typed. Case matters; spaces around it do not. */
export function matchesPhrase(request: NamedRequest, typed: string): boolean {
  return straighten(normalise(typed)) === straighten(confirmationPhrase(request));
}

/** Phones turn quotation marks and dashes into typographic ones. */
function straighten(text: string): string {
  return text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/—/g, '--').replace(/–/g, '-');
}

function normalise(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ');
}
