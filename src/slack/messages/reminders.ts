import type { Button, Overflow } from '@slack/types';
import type { Migrators } from '../../access/access.ts';
import { countOf, type ListedCredential, progressOf, TO_MIGRATE } from '../../credentials/credential.ts';
import type { Overview } from '../../credentials/ports.ts';
import type { Digest } from '../../reminders/digest.ts';
import type { OwnerReminder } from '../../reminders/owner-reminder.ts';
import { CHANNEL_FAILING, type Pause } from '../../reminders/ports.ts';
import { mention, nameCode, namePlain } from '../escaping.ts';
import { ACTIONS, REMINDER_MORE } from '../ids.ts';
import { uncountedWords } from './adobe-problems.ts';
import {
  button,
  buttons,
  dialog,
  heading,
  line,
  type Message,
  note,
  overflow,
  type Row,
  textMessage,
  toMessage,
} from './blocks.ts';
import { migratorWords } from './denials.ts';
import { calendarDate, count, dateTime } from './formatting.ts';
import { holdButton } from './hold.ts';
import type { ListView } from './list-view.ts';
import { ownerAskButton } from './owner-ask.ts';
import { marksOf } from './owner-words.ts';
import { ADOBE_DURATION, deadlineMeaning, deadlineWords, HOW_TO_END, isJwtOver, sandboxWords } from './terms.ts';

/** Holds no matter who began the migration. */
export const UNFINISHED_NOTE = `*Unfinished*: the migration was begun and is not finished. ${HOW_TO_END}`;

/** Credentials shown one by one; the rest is a count. */
const OWN_SHOWN = 20;
const SANDBOXES_PER_ROW = 2;
/** Characters of a name on a button. */
const NAME_ON_BUTTON = 40;

/** To one owner: all of their credentials. `maxText`: characters of the plain text; `said`: what the owner has just done. */
export function ownerMessage(
  reminder: OwnerReminder,
  now: Date,
  migrators: Migrators,
  { maxText, said = null }: { readonly maxText?: number; readonly said?: Row | null } = {},
): Message {
  const { credentials, deadline, next, snoozedUntil } = reminder;
  if (credentials.length === 0) return textMessage('✅ None of your credentials is left to migrate.');
  const shown = credentials
    .slice(0, OWN_SHOWN)
    .map((each) => `• ${nameCode(each.name)} · ${sandboxWords(each, SANDBOXES_PER_ROW)}${marksOf(each, now)}`);
  const rest = credentials.length - shown.length;
  const must = deadline.days < 0 ? 'should have been migrated' : 'must be migrated';
  return toMessage(
    [
      heading(`${credentials.length} of your credentials ${must} by ${deadlineWords(deadline)}`),
      line(
        `${deadlineMeaning(deadline.days, now)} A migration takes ${ADOBE_DURATION}; ${isJwtOver(now) ? 'according to Adobe, nothing has to be reconfigured in the jobs' : 'jobs keep running unchanged'}.`,
      ),
      line([...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n')),
      credentials.some(({ status }) => status === 'unfinished') ? note(UNFINISHED_NOTE) : null,
      buttons(...ownerButtons(reminder)),
      snoozedUntil === null
        ? null
        : line(
            `😴 Snoozed until ${calendarDate(snoozedUntil)}.`,
            button('Undo', ACTIONS.endSnooze, { label: UNDO_SNOOZE }),
          ),
      said,
      note(`${whomToAsk(reminder, migrators)}Next reminder: ${calendarDate(next)}. \`/qs-creds faq\` explains.`),
    ],
    maxText,
  );
}

const UNDO_SNOOZE = 'Be reminded again';

/** An owner who may migrate gets a button for the first credential that can be migrated. */
function ownerButtons({
  credentials,
  next: day,
  maySnooze,
  snoozedUntil,
  mayMigrate,
}: OwnerReminder): (Button | Overflow)[] {
  const elements: (Button | Overflow)[] = [];
  const next = credentials.find(({ status, hold }) => status === 'eligible' && hold === null);
  if (mayMigrate && next !== undefined) elements.push(namedMigrateButton(next));
  elements.push(reviewButton({ mine: true, offset: 0 }));
  if (!mayMigrate) elements.push(ownerAskButton());
  elements.push(
    holdButton(null),
    overflow(ACTIONS.reminderMore, [
      ...(maySnooze && snoozedUntil === null
        ? [{ name: `Snooze until ${calendarDate(day)}`, value: REMINDER_MORE.snooze }]
        : []),
      { name: 'Not mine…', value: REMINDER_MORE.notMine },
    ]),
  );
  return elements;
}

/** Asks to migrate a credential, and names it. */
function namedMigrateButton({ name, technicalAccountId }: ListedCredential): Button {
  return button(`Migrate ${namePlain(name, NAME_ON_BUTTON)}…`, ACTIONS.migrate, { value: technicalAccountId });
}

function whomToAsk(reminder: OwnerReminder, configured: Migrators): string {
  if (reminder.mayMigrate) return '';
  const isConfigured = configured.users.length + configured.groups.length > 0;
  const people = reminder.migrators.map(mention);
  const who = isConfigured || people.length === 0 ? migratorWords(configured) : orWords(people);
  return `To migrate, ask ${who}. `;
}

function orWords(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** When no credential is left to migrate. */
export function endMessage({ counts, sync }: Overview): Message {
  const others = [
    ...(counts.not_eligible > 0 ? [`${counts.not_eligible} not eligible`] : []),
    ...(counts.unknown > 0 ? [`${counts.unknown} unknown`] : []),
    ...(counts.needs_attention > 0 ? [`${counts.needs_attention} need attention`] : []),
  ];
  const rest = others.length === 0 ? '' : ` (${others.join(', ')})`;
  const { left } = progressOf(counts);
  // What could not be read is in none of these numbers.
  const unread = uncountedWords(sync.unread);
  const done =
    unread === null ? '🎉 *Nothing is left to migrate.*' : '*Nothing that could be read is left to migrate.*';
  const what = left === 0 ? done : `*No credential is Eligible any more; ${left} left.*`;
  const missing = unread === null ? '' : ` ⚠️ ${unread}`;
  return textMessage(
    `${what} ${count(counts.migrated, 'credential')} migrated${rest}. No more reminders unless new credentials appear.${missing}`,
  );
}

/** Used instead of a code from Slack for a channel in which nothing about a credential is posted. */
export const SHARED_CHANNEL = 'shared_with_another_company';

/** To the migrators, once, when the digest cannot be posted to the channel. `code`: Slack's, or one of ours. */
export function channelErrorMessage(channel: string, code: string): Message {
  if (code === CHANNEL_FAILING)
    return textMessage(
      `The reminder for <#${channel}> has not been posted for 5 minutes: Slack fails there without saying why. It is posted once Slack accepts it. If it does not appear within an hour, ask an operator to check the log and the status page of Slack.`,
    );
  if (code === SHARED_CHANNEL)
    return textMessage(
      `Reminders are not posted to <#${channel}>: it is shared with another company, or I may not see whether it is. Ask an operator to set \`REMINDER_CHANNEL\` to a channel of this workspace alone, or to add the scopes \`channels:read\` and \`groups:read\`.`,
    );
  return textMessage(
    `Reminders cannot be posted to <#${channel}> (\`${code}\`). Invite me there with \`/invite @qs-creds\`, or ask an operator to set \`REMINDER_CHANNEL\` to another channel.`,
  );
}

/** Reply to `remind` with an unknown argument. */
export function remindUsageMessage(): Message {
  return textMessage(
    '`/qs-creds remind preview` shows what would be sent now and to whom. `remind now` sends it. `remind pause 2025-07-01` pauses reminders until that day, `remind pause` until `remind resume`.',
  );
}

/** The question before `remind now`. `id`: of the round that it starts. */
export function remindNowMessage({ overview }: Digest, id: string): Message {
  if (countOf(TO_MIGRATE, overview.counts) === 0)
    return textMessage('No credential has to be migrated, so there is nothing to send.');
  return toMessage([
    line(
      `*Send reminders now?* ${count(progressOf(overview.counts).left, 'credential')} left: one digest in the channel, one direct message per owner.`,
    ),
    buttons(
      button('Send now', ACTIONS.remindNow, {
        value: id,
        style: 'primary',
        confirm: dialog('Send reminders now?', 'You cannot take them back.', 'Send'),
      }),
    ),
  ]);
}

export function remindersStartedMessage(): Message {
  return textMessage('Reminders are being sent, one a second. Each is sent once, however often this is pressed.');
}

export function pausedMessage(pause: Pause): Message {
  return textMessage(pauseWords(pause));
}

/** Reply to a day that is not in the future, or no day at all. */
export function badPauseDateMessage(): Message {
  return textMessage('The day must be in the future. Type it as year-month-day: `/qs-creds remind pause 2025-07-01`.');
}

export function resumedMessage(wasPaused: boolean): Message {
  return textMessage(wasPaused ? '▶️ Reminders are sent again.' : 'Reminders are not paused.');
}

/** `until`: day of the next reminder, `YYYY-MM-DD`; null where snoozing is not offered. */
export function snoozedMessage(until: string | null): Message {
  return textMessage(
    until === null
      ? 'There is no time left to snooze: the deadline is too close, or has passed.'
      : `😴 Snoozed. Next reminder: ${calendarDate(until)}.`,
  );
}

export function snoozeEndedMessage(): Message {
  return textMessage('🔔 You get reminders again.');
}

/** "Reminders are paused until 1 July 2025, by @person …" */
export function pauseWords({ by, at, until }: Pause): string {
  const end = until === null ? 'until further notice' : `until ${calendarDate(until)}`;
  return `⏸️ Reminders are paused ${end}, by ${mention(by)} ${dateTime(at)}. Run \`/qs-creds remind resume\` to resume them.`;
}

/** Shows the presser the credentials that a reminder is about. */
export function reviewButton(view: ListView) {
  return button('Review', ACTIONS.review, { value: JSON.stringify(view) });
}
