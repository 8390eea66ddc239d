import type { Migration } from './migration.ts';

/** Longer names are not typed without a slip. Characters. */
const MOST_TYPED = 80;
/** What a keyboard or a text field does not give back alike; of emoji also flags, skin tones and keycaps. */
const UNTYPEABLE = /[\p{C}\p{Extended_Pictographic}\p{Emoji_Presentation}\p{Me}\ufffd]/u;

/**
 * What must be typed to migrate a production credential: its name as the question showed it, or the technical account
 * id where the name is empty, too long, or cannot be typed.
 */
export function confirmationPhrase({
  shown,
  technicalAccountId,
}: Pick<Migration, 'shown' | 'technicalAccountId'>): string {
  const name = comparable(shown.name);
  return name !== '' && name.length <= MOST_TYPED && !UNTYPEABLE.test(name) ? name : technicalAccountId;
}

/** Whether that was typed; the case counts, spaces around it do not. */
export function matchesPhrase(
  question: Pick<Migration, 'shown' | 'technicalAccountId'>,
  typed: string,
): boolean {
  return straight(comparable(typed)) === straight(confirmationPhrase(question));
}

/** Phones write quotation marks and dashes their own way. */
function straight(text: string): string {
  return text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/—/g, '--').replace(/–/g, '-');
}

function comparable(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ');
}
