import type { Overview } from '../../credentials/catalogue.ts';
import type { ListedCredential } from '../../credentials/credential.ts';
import type { Migration } from '../../migrations/migration.ts';
import { code, count, dateTime, mention, nameCode } from '../escaping.ts';
import { attentionButtons, resolvedBy } from './attention.ts';
import { actions, type Message, section } from './blocks.ts';
import { credentialLine, migrateButton, summaryLines } from './list.ts';
import { reasonWords } from './progress.ts';
import { unknownWords } from './words.ts';

/** Named in full; the rest of a long line is a number. */
const LINE_SHOWN = 5;

/** Answer to `/qs-creds status`: where everything stands. */
export function statusMessage(
  overview: Overview,
  queue: readonly Migration[],
  days: number,
  now: Date,
): Message {
  const paragraphs = [summaryLines(overview, days, now).join('\n'), lineWords(queue, now)];
  return { text: paragraphs.join('\n'), blocks: paragraphs.map((text) => section(text)) };
}

/** What runs now and what waits. */
export function lineWords(queue: readonly Migration[], now: Date): string {
  if (queue.length === 0) return 'Nothing is being migrated now.';
  const words = queue.slice(0, LINE_SHOWN).map((migration) => {
    const by = `confirmed by ${mention(migration.decidedBy ?? migration.askedBy)}`;
    if (migration.startedAt === null) return `⏳ ${nameCode(migration.shown.name)} waits in line · ${by}`;
    const seconds = Math.round((now.getTime() - migration.startedAt.getTime()) / 1000);
    return `🔄 ${nameCode(migration.shown.name)} migrates for ${seconds} s · ${by}`;
  });
  if (queue.length > LINE_SHOWN) words.push(`and ${queue.length - LINE_SHOWN} more in line`);
  return words.join('\n');
}

/** Answer to `/qs-creds status NAME`. */
export function credentialMessage(
  credential: ListedCredential,
  latest: Migration | null,
  mayMigrate: boolean,
  now: Date,
): Message {
  const lines = [credentialLine(credential), `Technical account ${code(credential.technicalAccountId)}`];
  if (credential.description !== '') lines.push(`Description: ${code(credential.description, 200)}`);
  if (credential.status === 'unknown' && credential.unknownBecause !== null) {
    const { what, fix } = unknownWords(credential.unknownBecause);
    lines.push(`${what}. ${fix}`);
  }
  const text = lines.join('\n');
  const blocks = [section(text, mayMigrate ? migrateButton(credential) : undefined)];
  if (latest === null) return { text, blocks };
  const words = latestWords(latest, now);
  // Its own message may be gone: what can be done about it is offered here, too.
  const buttons = mayMigrate && latest.state === 'needs_attention' ? attentionButtons(latest) : [];
  return { text: `${text}\n${words}`, blocks: [...blocks, section(words), ...actions(buttons)] };
}

function latestWords(latest: Migration, now: Date): string {
  const by = mention(latest.decidedBy ?? latest.askedBy);
  const at = latest.decidedAt === null ? '' : ` ${dateTime(latest.decidedAt)}`;
  const said = `Confirmed by ${by}${at}`;
  switch (latest.state) {
    case 'confirmed':
      return `${said}; waits in line.`;
    case 'migrated':
      return `${said}; *Migrated* ${latest.endedAt === null ? '' : dateTime(latest.endedAt)}.`;
    case 'failed':
      return `${said}; *not migrated*. ${reasonWords(latest.reason)}`;
    case 'needs_attention':
      return `${said}; *Needs attention*. ${reasonWords(latest.reason)}`;
    case 'resolved':
      return `${said}; its end was not known, and it was marked as *resolved*${resolvedBy(latest)}${latest.endedAt === null ? '' : ` ${dateTime(latest.endedAt)}`}. Its status is what Adobe says.`;
    default: {
      const since = latest.startedAt ?? now;
      return `${said}; migrates for ${count(Math.round((now.getTime() - since.getTime()) / 1000), 'second')}.`;
    }
  }
}
