import type { ModalView } from '@slack/types';
import type { Hold } from '../../src/holds/hold.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import * as holds from '../../src/slack/messages/hold.ts';
import * as notMine from '../../src/slack/messages/not-mine.ts';
import { noticeMessage } from '../../src/slack/messages/notices.ts';
import {
  answeredAskMessage,
  askAnsweredMessage,
  nothingToAskForMessage,
  ownerAskedMessage,
  ownerAskMessage,
  ownerAskModal,
} from '../../src/slack/messages/owner-ask.ts';
import { credentialMessage } from '../../src/slack/messages/status.ts';
import { confirmed, credential, credentials, ends, NOW, type Outside } from './samples.ts';

function holdOf({ text, user }: Outside): Hold {
  return { by: user, at: NOW, reason: text, lastDay: '2025-06-30' };
}

/** Every message about holds, and every notice, by its builder, with this text wherever text from outside is shown. */
export function everyHold(outside: Outside): Record<string, readonly Message[]> {
  const { text, user } = outside;
  const hold = holdOf(outside);
  const free = credential(outside);
  const held = credential(outside, { hold });
  const over = { kind: 'hold_over', technicalAccountId: held.technicalAccountId, name: text } as const;
  const notice = { ...over, reason: text, lastDay: hold.lastDay };
  const ask = { ...over, kind: 'owner_ask', askedBy: user, note: text } as const;
  const asks = [null, ...credentials(outside)].map((listed) => ({ ...ask, credential: listed, at: NOW }));
  const answers = (['migrated', 'not_eligible', 'gone'] as const).flatMap((answer) =>
    [NOW, new Date('2026-06-01T00:00:00Z')].map((at) => ({
      ...over,
      kind: 'ask_answered' as const,
      answer,
      at: at.toISOString(),
    })),
  );
  const open = { subject: '', address: '', notice: ask, createdAt: NOW, message: { channel: 'C0REMINDER', ts: '1.1' } };
  const told = [confirmed(outside), ...ends(outside)];
  const steps = (['start', 'finish', 'cancel'] as const).map(
    (step) => ({ method: 'developer-console', step }) as const,
  );
  const notices = [null, { userId: user, why: text }, { userId: user, why: null }].map((endedBy) => ({
    ...notice,
    endedBy,
  }));
  const theirs = Array.from({ length: 20 }, () => credential(outside));
  const disowned = [1, 20].flatMap((length) =>
    ['', text].map((words) => ({
      ...({ kind: 'not_mine', saidBy: user, note: words } as const),
      credentials: theirs.slice(0, length).map(({ name, technicalAccountId }) => ({ name, technicalAccountId })),
    })),
  );
  return {
    nothingToHoldMessage: [holds.nothingToHoldMessage()],
    holdSetMessage: [
      ...[true, false].map((isMigrationStopped) =>
        holds.holdSetMessage({ kind: 'set', credential: free, hold, isMigrationStopped }),
      ),
      ...(['in_flight', 'held', 'not_needed'] as const).map((kind) => holds.holdSetMessage({ kind, credential: held })),
      ...(['bad_day', 'gone'] as const).map((kind) => holds.holdSetMessage({ kind })),
    ],
    holdEndedMessage: [true, false].flatMap((mayMigrate) => [
      holds.holdEndedMessage({ kind: 'ended', credential: held, hold }, { mayMigrate }),
      holds.holdEndedMessage({ kind: 'no_reason', credential: held, hold }, { mayMigrate }),
      holds.holdEndedMessage({ kind: 'not_held', credential: free }, { mayMigrate }),
      holds.holdEndedMessage({ kind: 'gone' }, { mayMigrate }),
    ]),
    onHoldMessage: [user, 'U0OTHER001'].map((by) => holds.onHoldMessage(held, hold, by)),
    holdOverMessage: notices.map(holds.holdOverMessage),
    nothingNotMineMessage: [notMine.nothingNotMineMessage()],
    notMineMessage: disowned.map((each) => notMine.notMineMessage(each)),
    saidNotMineMessage: [
      ...[1, 3, 20].flatMap((length) =>
        (
          [
            ['C0REMINDER', 0],
            [null, 0],
            [null, 3],
          ] as const
        ).flatMap(([channel, migratorCount]) =>
          (['said', 'said_today'] as const).map((kind) =>
            notMine.saidNotMineMessage({ kind, credentials: theirs.slice(0, length), channel, migratorCount }, NOW),
          ),
        ),
      ),
      notMine.saidNotMineMessage({ kind: 'none_left' }, NOW),
    ],
    nothingToAskForMessage: [nothingToAskForMessage()],
    ownerAskMessage: asks.map(ownerAskMessage),
    askAnsweredMessage: answers.map(askAnsweredMessage),
    answeredAskMessage: [
      ...[null, confirmed(outside, { state: 'migrated', endedAt: NOW })].map((migration) =>
        answeredAskMessage({ ...open, answer: 'migrated' }, migration),
      ),
      ...(['not_eligible', 'gone'] as const).map((answer) => answeredAskMessage({ ...open, answer }, null)),
    ],
    ownerAskedMessage: [
      ...[0, 3].map((migratorCount) =>
        ownerAskedMessage({ kind: 'asked', credential: free, channel: null, migratorCount }),
      ),
      ownerAskedMessage({ kind: 'asked', credential: free, channel: 'C0REMINDER', migratorCount: 0 }),
      ...['C0REMINDER', null].map((channel) =>
        ownerAskedMessage({ kind: 'asked_today', credential: free, channel, migratorCount: 0 }),
      ),
      ownerAskedMessage({ kind: 'not_possible', credential: held }),
      ownerAskedMessage({ kind: 'gone' }),
    ],
    noticeMessage: [
      ...[...asks, ...answers].map((each) => noticeMessage(each)),
      ...disowned.map((each) => noticeMessage(each)),
      ...notices.map((each) => noticeMessage(each)),
      ...told.map((migration) => noticeMessage({ kind: 'migration', migration })),
      ...told.map((migration) => noticeMessage({ kind: 'end', migration })),
      ...told.map((migration) => noticeMessage({ kind: 'decision', migration })),
      ...steps.flatMap((methodStep) =>
        told.map((each) => noticeMessage({ kind: 'migration', migration: { ...each, ...methodStep } })),
      ),
    ],
  };
}

/** The status of a credential, on hold and not, for people with each right concerning holds. */
export function everyHeldStatus(outside: Outside): Message[] {
  const rights = [{ mayMigrate: true }, { mayMigrate: false, mayHold: true }, { mayMigrate: false, mayEndHold: true }];
  return rights.flatMap((may) =>
    [null, holdOf(outside)].map((hold) =>
      credentialMessage(credential(outside, { hold }), null, { endsHere: true, ...may }, NOW),
    ),
  );
}

/** Every modal about holds, by its builder. */
export function everyHoldModal(outside: Outside): Record<string, readonly ModalView[]> {
  const state = { technicalAccountId: null, responseUrl: `https://hooks.slack.com/actions/T0/${'1'.repeat(200)}/abc` };
  const days = { usual: '2025-06-15', latest: '2025-06-30' };
  const many = Array.from({ length: 100 }, (_, i) => credential(outside, { technicalAccountId: String(i) }));
  return {
    holdModal: [many.slice(0, 1), many].map((choices) => holds.holdModal(choices, days, state)),
    notMineModal: [many.slice(0, 1), many].map((choices) =>
      notMine.notMineModal(choices, { message: { channel: 'D0OWNER001', ts: '1.1' }, responseUrl: state.responseUrl }),
    ),
    ownerAskModal: [ownerAskModal(many, state)],
    overrideHoldModal: [holds.overrideHoldModal(credential(outside), holdOf(outside), state)],
  };
}
