import { isChannelId } from './channel-id.ts';
import type { Migration } from './migration.ts';

/** Who reads about a migration: a press and a typed command are such. */
export interface Reader {
  readonly person: { readonly id: string };
  /** Where they do; null: in the Home. */
  readonly channel: string | null;
}

/** The address of the message about a migration where this reader can open it; null: they cannot, or it is not known. */
export function linkFor(migration: Migration | null, { person, channel }: Reader): string | null {
  if (migration === null) return null;
  const { message, messageLink, askedBy, decidedBy } = migration;
  if (message === null || messageLink === null) return null;
  // An earlier version that runs beside this one replaces a message and leaves the address of the one before.
  if (!messageLink.url.includes(`/archives/${message.channel}/`)) return null;
  const confirmer = decidedBy ?? askedBy;
  // Who asked in a private channel, or confirmed there, is in it.
  const members = isChannelId(message.channel) ? [confirmer, askedBy] : [confirmer];
  const isOpen = messageLink.isPublic || message.channel === channel || members.includes(person.id);
  return isOpen ? messageLink.url : null;
}

/** Where its question leads to: everyone in the channel reads a posted one, who confirmed alone any other. */
export function linkInQuestion(migration: Migration): string | null {
  const { questionMessage, decidedBy, askedBy } = migration;
  const id = questionMessage === null ? (decidedBy ?? askedBy) : '';
  return linkFor(migration, { person: { id }, channel: questionMessage?.channel ?? null });
}
