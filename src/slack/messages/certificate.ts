import type { Credential } from '../../credentials/credential.ts';
import { calendarDate } from './formatting.ts';

/** "Certificate valid until 12 May 2027"; null if Adobe does not say, or if the migration has replaced it. */
export function certificateWords(
  { certificateUntil: until, adobeStatus }: Pick<Credential, 'certificateUntil' | 'adobeStatus'>,
  now: Date,
): string | null {
  if (until === null || adobeStatus === 'completed') return null;
  const date = calendarDate(until.toISOString().slice(0, 10));
  return until > now ? `Certificate valid until ${date}` : `⚠️ Certificate expired on ${date}`;
}
