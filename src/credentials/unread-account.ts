import type { Account } from './adobe-reader.ts';

/** An account whose id could not be read: it may be one that is known. */
export interface UnreadAccount {
  /** Text from outside, trimmed, and truncated if long. */
  readonly name: string;
  /** `name` is not the account's name, so it may be any account. */
  readonly isNameless?: true;
  readonly sandbox: string;
}

/** Whether an account that could not be read has the name of this one. */
export function isNamed(
  { name }: Pick<Account, 'name'>,
  { name: unread, isNameless }: Omit<UnreadAccount, 'sandbox'>,
): boolean {
  if (isNameless === true) return false;
  const whole = name.trim();
  return whole === unread || (unread.endsWith('…') && whole.startsWith(unread.slice(0, -1)));
}
