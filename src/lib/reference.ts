import { randomInt } from 'node:crypto';

/** Without I, L, O, 0 and 1, which are easily confused when a reference is read aloud. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Creates eight characters that a user can quote and an operator can find in the log. */
export function newReference(): string {
  return Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
