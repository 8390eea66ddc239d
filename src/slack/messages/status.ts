import { isHoldable, LEFT, type ListedCredential } from '../../credentials/credential.ts';
import type { Overview } from '../../credentials/ports.ts';
import { linkFor, type Reader } from '../../migrations/message-link.ts';
import type { Migration } from '../../migrations/migration.ts';
import { mayContinueByHand, waitsForPerson } from '../../migrations/verdicts.ts';
import type { Deadline } from '../../reminders/windows.ts';
import { impactOf } from '../../usage/impact.ts';
import type { Watch } from '../../watch/watch.ts';
import { code, mention, nameCode, permalink } from '../escaping.ts';
import { explain, unknownStatusWords } from './adobe-problems.ts';
import { buttons, line, type Message, note, toMessage } from './blocks.ts';
import { certificateWords } from './certificate.ts';
import { credentialRows, migrateButton, type OwnerIds } from './credential-row.ts';
import { dateTime, day, timeAgo } from './formatting.ts';
import { finishInAdobeButton, notNowButton } from './hand-off.ts';
import { holdButtons } from './hold.ts';
import { impactLines } from './impact.ts';
import { attentionButtons, resolvedBy } from './needs-attention.ts';
import { reasonWords } from './progress.ts';
import { summaryRows } from './summary.ts';
import { deadlineMeaning, heldWords, migratedOutsideWords, unfinishedHint } from './terms.ts';
import { finishButton, stepWords, UNFINISHED_HERE, undoButton } from './two-steps.ts';
import { watchStatusRows } from './watch.ts';
import { withdrawButton } from './withdraw.ts';

/** Migrations of the queue that are named; the rest is a number. */
const QUEUE_SHOWN = 5;

/** Reply to `/qs-creds status` without a name: the overall state. */
export function statusMessage(
  overview: Overview,
  queue: readonly Migration[],
  deadline: Deadline,
  now: Date,
  reader: Reader,
): Message {
  return toMessage([
    ...summaryRows(overview, deadline, now),
    line(queueWords(queue, reader)),
    note(deadlineMeaning(deadline.days, now)),
  ]);
}

/** What is running now and what is queued, one per line, each with a link to its message. */
export function queueWords(queue: readonly Migration[], reader: Reader): string {
  if (queue.length === 0) return 'No migration is running.';
  const lines = queue.slice(0, QUEUE_SHOWN).map((each) => {
    const { shown, startedAt, decidedBy, askedBy } = each;
    const link = linkFor(each, reader);
    const by = `confirmed by ${mention(decidedBy ?? askedBy)}${link === null ? '' : ` · ${permalink(link, 'progress')}`}`;
    if (waitsForPerson(each)) return `👉 ${nameCode(shown.name)} waits for a person in Adobe · ${by}`;
    return startedAt === null
      ? `🕓 ${nameCode(shown.name)} queued · ${by}`
      : `⏳ ${nameCode(shown.name)} ${runningWords(startedAt)} · ${by}`;
  });
  if (queue.length > QUEUE_SHOWN) lines.push(`and ${queue.length - QUEUE_SHOWN} more queued`);
  return lines.join('\n');
}

/** What the reader may do. */
interface StatusRights {
  readonly mayMigrate: boolean;
  /** Whether an Unfinished migration can be finished and undone from here. */
  readonly endsHere: boolean;
  readonly mayHold?: boolean;
  /** Whether the reader may end the hold without giving a reason. */
  readonly mayEndHold?: boolean;
  /** Where the message about the latest migration is; null if the reader cannot open it. */
  readonly link?: string | null;
}

/** Reply to `/qs-creds status NAME`. `ownerIds`: its owner, where Slack has identified them. */
export function credentialMessage(
  credential: ListedCredential,
  latest: Migration | null,
  { mayMigrate, endsHere, mayHold = false, mayEndHold = false, link = null }: StatusRights,
  now: Date,
  watch: Watch | null = null,
  ownerIds?: OwnerIds,
): Message {
  const { technicalAccountId, changedAt, description, status, unknownBecause } = credential;
  const certificate = certificateWords(credential, now);
  const lines = [
    ...(credential.hold === null ? [] : [heldWords(nameCode(credential.name), credential.hold)]),
    ...(description === '' ? [] : [`Description: ${code(description, 200)}`]),
    ...(LEFT.includes(status) ? impactLines(impactOf(credential, now), now).map((each) => `• ${each}`) : []),
    ...(status === 'unfinished' ? [endsHere ? UNFINISHED_HERE : unfinishedHint(false)] : []),
    ...(status === 'migrated' && latest?.state !== 'migrated' ? [migratedOutsideWords(now)] : []),
    ...(status === 'unknown' && unknownBecause !== null ? [explain(unknownStatusWords(unknownBecause))] : []),
  ];
  const details = [
    `Technical account ${code(technicalAccountId)}`,
    ...(changedAt === null ? [] : [`Changed ${day(changedAt)}`]),
    ...(certificate === null ? [] : [certificate]),
  ];
  return toMessage([
    ...credentialRows(credential, now, mayMigrate ? migrateButton(credential) : undefined, ownerIds),
    lines.length === 0 ? null : line(lines.join('\n')),
    note(details.join(' · ')),
    latest === null ? null : line(`${latestWords(latest)}${linkWords(latest, link)}`),
    ...(latest === null || watch === null
      ? []
      : watchStatusRows({ migration: latest, watch }, { mayAcknowledge: mayMigrate })),
    mayMigrate && endsHere && status === 'unfinished'
      ? buttons(...(credential.hold === null ? [finishButton(credential)] : []), undoButton(credential))
      : null,
    mayMigrate && status === 'eligible' && credential.hold === null && latest !== null && mayContinueByHand(latest)
      ? buttons(finishInAdobeButton(latest))
      : null,
    // The migration's own message may be gone, so the buttons are here, too.
    mayMigrate && latest?.state === 'confirmed' ? buttons(withdrawButton(latest)) : null,
    mayMigrate && latest !== null && waitsForPerson(latest) ? buttons(notNowButton(latest)) : null,
    mayMigrate && latest?.state === 'needs_attention' ? buttons(...attentionButtons(latest)) : null,
    isHoldable(credential) || credential.hold !== null
      ? buttons(...holdButtons(credential, { hold: mayHold, end: mayEndHold, migrate: mayMigrate }))
      : null,
  ]);
}

/** The reply is never edited, so it says when the migration started, not how long it has been running. */
function runningWords(startedAt: Date | null): string {
  return startedAt === null ? 'migrating' : `migrating, started ${timeAgo(startedAt)}`;
}

/** On a line of its own, since the words before it may end with a list of steps. */
function linkWords({ endedAt }: Migration, link: string | null): string {
  if (link === null) return '';
  return `\n${permalink(link, 'Its message')} shows ${endedAt === null ? 'its progress' : 'how it ended'}.`;
}

function latestWords(latest: Migration): string {
  const { decidedBy, decidedAt, askedBy, startedAt, endedAt } = latest;
  const at = (date: Date | null) => (date === null ? '' : ` ${dateTime(date)}`);
  const confirmed = `Confirmed by ${mention(decidedBy ?? askedBy)}${at(decidedAt)}`;
  switch (latest.state) {
    case 'confirmed':
      return `${confirmed}; queued.`;
    case 'migrated':
      return `${confirmed}; *Migrated*${at(endedAt)}.`;
    case 'bound':
      return `${confirmed}; *both credentials exist*${at(endedAt)}.`;
    case 'undone':
      return `${confirmed}; *undone*${at(endedAt)}.`;
    case 'failed':
      return `${confirmed}; *${stepWords(latest)?.failed.toLowerCase() ?? 'not migrated'}*. ${reasonWords(latest.reason, latest)}`;
    case 'needs_attention':
      return `${confirmed}; *Needs attention*. ${reasonWords(latest.reason, latest)}`;
    case 'resolved':
      return `${confirmed}; its outcome was unknown, and it was marked as *resolved*${resolvedBy(latest)}${at(endedAt)}. It has the status that Adobe reports.`;
    default:
      if (waitsForPerson(latest)) return `${confirmed}; waits for a person to press Migrate in Adobe.`;
      return `${confirmed}; ${runningWords(startedAt)}.`;
  }
}
