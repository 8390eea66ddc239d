import type { KnownBlock } from '@slack/types';
import type { Counts, ListedCredential } from '../../credentials/credential.ts';
import type { Pause, UnreachableCode } from '../../reminders/ports.ts';
import type { OwnerGroup } from '../../reminders/recipients.ts';
import type { Digest, OwnerReminder } from '../../reminders/rounds.ts';
import type { ReminderWindow } from '../../reminders/windows.ts';
import { ago, code, count, dateTime, mention, nameCode, namePlain } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import {
  actions,
  button,
  context,
  type Message,
  message,
  paragraphsOf,
  plainText,
  section,
} from './blocks.ts';
import type { ListView } from './list.ts';
import { deadlineMeaning, deadlineWords, laterDate, problemWords, sandboxWords } from './words.ts';

/** Shown in full; the rest is a count. With what stands around them far below Slack's 50 blocks. */
const GROUPS_SHOWN = 15;
const NAMES_SHOWN = 6;
const SANDBOXES_SHOWN = 2;
const TAKEOVERS_SHOWN = 10;
const OWN_SHOWN = 20;
const BAR = 20;

const UNREACHABLE: Readonly<Record<UnreachableCode, string>> = {
  unknown: 'nobody active in Slack has this email',
  deactivated: 'deactivated in Slack',
  guest: 'a guest, who may not use this',
  not_a_member: 'not a member of this workspace',
  rejected: 'Slack takes no direct message to them',
};

const review = (view: ListView) => button('Review', ACTIONS.review, { value: JSON.stringify(view) });

/** The channel's reminder. Never a mention of everybody. */
export function digestMessage(digest: Digest): Message {
  const head = digestLines(digest);
  const reached = digest.groups.filter(({ recipient }) => recipient?.kind === 'person');
  const lost = digest.groups.filter(({ recipient }) => recipient?.kind !== 'person');
  const groups = reached.slice(0, GROUPS_SHOWN).map((group) => groupLine(group, group.email ?? ''));
  const more = restLine(reached.slice(GROUPS_SHOWN));
  const orphans = lost.flatMap((group) => group.credentials.map((credential) => ({ credential, group })));
  const shown = orphans.slice(0, TAKEOVERS_SHOWN);
  const rest = orphans.length - shown.length;
  const lostHead = orphans.length === 0 ? [] : ['*Nobody hears of these.* A migrator takes over:'];
  const lostLines = shown.map(({ credential, group }) => orphanLine(credential, group));
  const lostMore = rest > 0 ? [`and ${count(rest, 'more credential')}: \`/qs-creds list eligible\``] : [];
  const footer = footerLines(digest);
  const blocks: KnownBlock[] = [
    section(head.join('\n')),
    ...groups.map((line) => section(line)),
    ...more.map(context),
    ...lostHead.map((line) => section(line)),
    ...shown.map(({ credential }, i) => section(lostLines[i] ?? '', takeOverButton(credential))),
    ...lostMore.map(context),
    ...actions([review({ status: 'eligible', offset: 0 }), button('Migrate next', ACTIONS.migrateNext)]),
    ...footer.map(context),
  ];
  const text = [...head, ...groups, ...more, ...lostHead, ...lostLines, ...lostMore, ...footer].join('\n');
  return { text, blocks };
}

/** To one owner: all of theirs. */
export function ownerMessage(
  { credentials, days, maySnooze }: OwnerReminder,
  now: Date,
  migrators: string,
): Message {
  const shown = credentials
    .slice(0, OWN_SHOWN)
    .map(({ name, sandboxes }) => `• ${nameCode(name)} · ${sandboxWords(sandboxes, SANDBOXES_SHOWN)}`);
  const rest = credentials.length - shown.length;
  if (rest > 0) shown.push(`and ${rest} more`);
  return message(
    [
      `*${deadlineWords(days)}: ${count(credentials.length, 'Query Service credential')} of yours ${credentials.length === 1 ? 'is' : 'are'} still to be migrated.* Press Review to see them; to migrate, ask ${migrators}.`,
      ...paragraphsOf(shown),
    ],
    {
      footer: `${deadlineMeaning(days, now)} A migration takes 30 to 40 seconds; jobs run on unchanged. \`/qs-creds faq\` explains.`,
      buttons: [
        review({ mine: true, offset: 0 }),
        ...(maySnooze ? [button('Snooze until the next reminder', ACTIONS.snooze)] : []),
      ],
    },
  );
}

/** When the last eligible credential is migrated. */
export function endMessage(counts: Counts): Message {
  const others = [
    ...(counts.not_eligible > 0 ? [`${counts.not_eligible} not eligible`] : []),
    ...(counts.unknown > 0 ? [`${counts.unknown} unknown`] : []),
    ...(counts.needs_attention > 0 ? [`${counts.needs_attention} need attention`] : []),
  ];
  const rest = others.length === 0 ? '' : ` (${others.join(', ')})`;
  return message([
    `🎉 *Nothing is left to migrate.* ${count(counts.migrated, 'credential')} migrated${rest}. No more reminders, unless new ones appear.`,
  ]);
}

/** To the migrators, once, when the channel does not take the digest. */
export function faultMessage(channel: string, code: string): Message {
  return message([
    `Reminders cannot be posted to <#${channel}> (\`${code}\`). Invite me there with \`/invite @qs-creds\`, or an operator sets \`REMINDER_CHANNEL\` to another channel.`,
  ]);
}

/** Answer to `remind preview`, for the asker alone. `snoozed`: who is left alone until the next window. */
export function previewMessage(
  digest: Digest,
  window: ReminderWindow | null,
  served: boolean,
  snoozed: ReadonlySet<string>,
): Message {
  const when =
    window === null
      ? 'No reminder is due yet.'
      : `The reminder of ${window.date} (${deadlineWords(window.days)}) ${served ? 'was sent' : 'is due'}.`;
  // Who was not looked up yet is named by email.
  const people = digest.groups.filter(mayHear);
  const lines = people.slice(0, GROUPS_SHOWN).map((group) => {
    const userId = group.recipient?.kind === 'person' ? group.recipient.userId : null;
    const line = groupLine(group, userId === null ? (group.email ?? '') : '');
    return userId !== null && snoozed.has(userId) ? `${line} (snoozed: no message)` : line;
  });
  const more = people.length > lines.length ? [`and ${people.length - lines.length} more people`] : [];
  const direct =
    lines.length === 0
      ? ['Nobody would get a direct message.']
      : ['*Direct messages to:*', ...lines, ...more];
  const lost = lostLines(digest.groups.filter((group) => !mayHear(group)));
  const all = [when, ...digestLines(digest), ...direct, ...lost, ...footerLines(digest)];
  return { text: all.join('\n'), blocks: all.map((line) => section(line)) };
}

/** The question before `remind now`. */
export function remindNowMessage(digest: Digest, id: string): Message {
  const open = digest.overview.counts.eligible;
  return message(
    [
      `*Send reminders now?* ${count(open, 'open credential')}: one digest in the channel, one direct message per owner.`,
    ],
    {
      buttons: [
        button('Send now', ACTIONS.remindNow, {
          value: id,
          style: 'primary',
          confirm: {
            title: plainText('Send reminders now?'),
            text: plainText('They cannot be taken back.'),
            confirm: plainText('Send'),
            deny: plainText('Not now'),
          },
        }),
      ],
    },
  );
}

/** "Reminders are paused by @… until 2025-07-01." */
export function pauseLine({ by, at, until }: Pause): string {
  const end = until === null ? 'until somebody resumes them' : `until ${until}`;
  return `⏸️ Reminders are paused ${end}, by ${mention(by)} ${dateTime(at)}. \`/qs-creds remind resume\` ends it.`;
}

function digestLines({ days, overview: { counts }, now }: Digest): string[] {
  const done = counts.migrated;
  const total = done + counts.eligible;
  const full = total === 0 ? 0 : Math.floor((done / total) * BAR);
  return [
    `*Query Service credentials: ${deadlineWords(days)}.* ${counts.eligible} open, ${done} migrated.`,
    `${'▰'.repeat(full)}${'▱'.repeat(BAR - full)} ${done} of ${total}`,
    [deadlineMeaning(days, now), days < 0 ? null : laterDate(now)]
      .filter((words) => words !== null)
      .join(' '),
  ];
}

function footerLines({ overview: { counts, sync }, pause, now }: Digest): string[] {
  const lines: string[] = [];
  if (counts.needs_attention > 0)
    lines.push(`⚠️ Needs attention: ${counts.needs_attention}. \`/qs-creds list\` shows them first.`);
  if (sync.problem !== null)
    lines.push(`⚠️ ${problemWords(sync.problem).what}; this is the last known state.`);
  if (sync.succeededAt !== null) lines.push(`As Adobe had it ${ago(sync.succeededAt, now)}.`);
  if (pause !== null) lines.push(pauseLine(pause));
  return lines;
}

/** By their email where there is one: a mention in the channel would ping who gets a message of their own. */
function groupLine({ recipient, credentials }: OwnerGroup, email: string): string {
  const who = email === '' && recipient?.kind === 'person' ? mention(recipient.userId) : code(email);
  const names = credentials
    .slice(0, NAMES_SHOWN)
    .map(({ name, sandboxes }) => `${nameCode(name)} in ${sandboxWords(sandboxes, SANDBOXES_SHOWN)}`);
  const rest = credentials.length - names.length;
  return `${who}: ${names.join('; ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function mayHear({ recipient, email }: OwnerGroup): boolean {
  return recipient === null ? email !== null : recipient.kind === 'person';
}

/** Whose credentials nobody hears of, without buttons. */
function lostLines(groups: readonly OwnerGroup[]): string[] {
  const orphans = groups.flatMap((group) => group.credentials.map((credential) => ({ credential, group })));
  if (orphans.length === 0) return [];
  const rest = orphans.length - TAKEOVERS_SHOWN;
  return [
    '*Nobody hears of these:*',
    ...orphans.slice(0, TAKEOVERS_SHOWN).map(({ credential, group }) => orphanLine(credential, group)),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}

function orphanLine({ name, sandboxes }: ListedCredential, { email, recipient }: OwnerGroup): string {
  const owner = email === null ? 'whoever took it over' : `owner ${code(email)}`;
  const why = recipient?.kind === 'unreachable' ? UNREACHABLE[recipient.why] : 'Slack did not say who it is';
  const words = email === null && recipient === null ? 'no owner' : `${owner}: ${why}`;
  return `${nameCode(name)} · ${sandboxWords(sandboxes, SANDBOXES_SHOWN)} · ${words}`;
}

function restLine(groups: readonly OwnerGroup[]): string[] {
  if (groups.length === 0) return [];
  const credentials = groups.reduce((sum, group) => sum + group.credentials.length, 0);
  return [
    `and ${count(groups.length, 'more owner')} with ${count(credentials, 'credential')}: \`/qs-creds list eligible\``,
  ];
}

function takeOverButton({ name, technicalAccountId }: ListedCredential) {
  return button('Take over', ACTIONS.takeOver, {
    value: technicalAccountId,
    label: namePlain(`Take over ${name}`, 75),
  });
}
