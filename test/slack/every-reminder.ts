import type { Migrators } from '../../src/access/access.ts';
import type { ListedCredential } from '../../src/credentials/credential.ts';
import type { Digest } from '../../src/reminders/digest.ts';
import { NAMED_PER_OWNER, type OwnerGroup } from '../../src/reminders/owner-group.ts';
import { CHANNEL_FAILING, type Pause, type Recipient, type UnreachableCode } from '../../src/reminders/ports.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { digestParts, previewMessage } from '../../src/slack/messages/digest.ts';
import * as reminders from '../../src/slack/messages/reminders.ts';
import { everyWatched } from './every-watch.ts';
import { credential, deadlineIn, digest, NOW, type Outside, overview, problems, trends } from './samples.ts';

const UNREACHABLE: readonly UnreachableCode[] = [
  'unknown',
  'deactivated',
  'guest',
  'not_a_member',
  'rejected',
  'lookup_rejected',
  'not_permitted',
];
const OWNERS = [
  { snoozedUntil: null, mayMigrate: false, migrators: ['U0ADMIN001', 'U0ADMIN002'] },
  { snoozedUntil: '2025-06-27', mayMigrate: true, migrators: [] },
];
const WINDOW = { key: '2025-06-30/30', days: 30, date: '2025-05-31' };

/** Every message about reminders, by its builder, with this text wherever text from outside is shown. */
export function everyReminder(outside: Outside, migrators: Migrators): Record<string, readonly Message[]> {
  const { text, user } = outside;
  const many: ListedCredential[] = Array.from({ length: 500 }, () => credential(outside));
  const group = (recipient: Recipient | null, email: string | null): OwnerGroup => ({
    email,
    recipient,
    credentials: many.slice(0, NAMED_PER_OWNER),
    further: { count: 497, production: 200, failing: 100 },
  });
  const people = Array.from({ length: 20 }, () => group({ kind: 'person', userId: user }, text));
  const lost = [
    ...UNREACHABLE.map((why) => group({ kind: 'unreachable', why }, text)),
    group(null, null),
    group(null, text),
  ];
  const pauses: (Pause | null)[] = [
    null,
    { by: user, at: NOW, until: null },
    { by: user, at: NOW, until: '2025-07-01' },
  ];
  const failing = everyWatched(outside).filter(({ watch }) => watch.failures.length > 0);
  const failedAfter = { rows: failing, total: 90 };
  const everyone = { deadline: deadlineIn(30), groups: [...people, ...lost], trend: trends()[0] ?? null, failedAfter };
  const digestOf = (changes: Partial<Digest>) => digest({ ...everyone, ...changes });
  const digests = [
    ...pauses.map((pause) => digestOf({ pause, overview: overview(problems(outside)[0] ?? null) })),
    ...problems(outside).map((problem) => digestOf({ groups: [], overview: overview(problem) })),
    ...problems(outside).map((problem) =>
      digestOf({ overview: overview(null, { unread: [{ what: 'sandbox', count: 9, names: [text, text], problem }] }) }),
    ),
    digestOf({ groups: [] }),
    ...lost.map((each) => digestOf({ groups: [each], deadline: deadlineIn(-10) })),
  ];
  return {
    digestParts: digests.flatMap((each) => digestParts(each).map(({ message }) => message)),
    ownerMessage: [0, 1, 2, 500].flatMap((length) =>
      OWNERS.map((owner) =>
        reminders.ownerMessage(
          {
            ...owner,
            credentials: many.slice(0, length),
            deadline: deadlineIn(7),
            next: '2025-06-27',
            maySnooze: true,
          },
          NOW,
          migrators,
        ),
      ),
    ),
    endMessage: [reminders.endMessage(overview(null))],
    channelErrorMessage: ['not_in_channel', CHANNEL_FAILING, reminders.SHARED_CHANNEL].map((code) =>
      reminders.channelErrorMessage('C0GENERAL1', code),
    ),
    remindUsageMessage: [reminders.remindUsageMessage()],
    remindersStartedMessage: [reminders.remindersStartedMessage()],
    pausedMessage: pauses.flatMap((pause) => (pause === null ? [] : [reminders.pausedMessage(pause)])),
    badPauseDateMessage: [reminders.badPauseDateMessage()],
    resumedMessage: [true, false].map(reminders.resumedMessage),
    snoozedMessage: ['2025-06-23', null].map(reminders.snoozedMessage),
    snoozeEndedMessage: [reminders.snoozeEndedMessage()],
    previewMessage: digests.flatMap((each) =>
      [WINDOW, null].map((window) =>
        previewMessage(each, { window, next: '2025-06-16', isServed: true, snoozed: new Set([user]) }),
      ),
    ),
    remindNowMessage: digests.map((each) => reminders.remindNowMessage(each, 'round')),
  };
}
