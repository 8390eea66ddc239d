import type { DenialReason } from '../../src/access/access.ts';
import { wordsOf } from '../../src/credentials/catalogue.ts';
import { CREDENTIAL_STATUSES } from '../../src/credentials/credential.ts';
import type { MigrationState } from '../../src/migrations/migration.ts';
import * as asking from '../../src/slack/messages/ask-replies.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { chartMessage } from '../../src/slack/messages/chart.ts';
import { DENIAL_REASONS, deniedMessage } from '../../src/slack/messages/denials.ts';
import { doctorMessage } from '../../src/slack/messages/doctor.ts';
import { dryRunNeedsNameMessage } from '../../src/slack/messages/dry-run.ts';
import { errorMessage, waitMessage } from '../../src/slack/messages/errors.ts';
import { faqMessage } from '../../src/slack/messages/faq.ts';
import { stillReadingMessage } from '../../src/slack/messages/first-reading.ts';
import { helpMessage } from '../../src/slack/messages/help.ts';
import { LIST_PAGE, listMessage, noEmailMessage, syncingMessage } from '../../src/slack/messages/list.ts';
import { LIST_TRAITS, type ListView } from '../../src/slack/messages/list-view.ts';
import * as attention from '../../src/slack/messages/needs-attention.ts';
import { pickerMessage } from '../../src/slack/messages/picker.ts';
import { progressMessage, reasonWords } from '../../src/slack/messages/progress.ts';
import { closedQuestion, noSuchQuestionMessage } from '../../src/slack/messages/question.ts';
import { noneMessage, severalMessage } from '../../src/slack/messages/search-results.ts';
import { credentialMessage, statusMessage } from '../../src/slack/messages/status.ts';
import * as steps from '../../src/slack/messages/two-steps.ts';
import { everyAssign } from './every-assign.ts';
import { everyDryRun } from './every-dry-run.ts';
import { everyExport } from './every-export.ts';
import { everyHandOff, handedOver, notTaken, PAGE } from './every-hand-off.ts';
import { everyHistory } from './every-history.ts';
import { everyHeldStatus, everyHold } from './every-hold.ts';
import { everyQuestion, everyUnseen } from './every-question.ts';
import { everyReminder } from './every-reminder.ts';
import { everyWatch, everyWatchedStatus } from './every-watch.ts';
import {
  confirmed,
  credential,
  credentials,
  deadlineIn,
  ends,
  LINK,
  migration,
  NOW,
  type Outside,
  overview,
  POSTED,
  problems,
  trends,
} from './samples.ts';

/** Far too many migrators to be named; the settings have checked their ids. */
export const MIGRATORS = { users: Array.from({ length: 500 }, (_, i) => `U0MIGRATOR${i}`), groups: ['S0MIGRATOR'] };

export const TOTAL = 10_000;
const METHODS = ['query-service', 'developer-console'] as const;
/** The steps of the Developer Console, for which some texts differ. */
export const STEPS = (['start', 'finish', 'cancel'] as const).map((step) => ({
  method: 'developer-console' as const,
  step,
}));
const BY_HAND = { method: 'hand-off', step: 'start' } as const;
export const HERE = { mayMigrate: true, endsHere: true };
/** The words as cut by the list command. */
const searched = (text: string) => wordsOf(text.slice(0, 200));

/** `length` rows, filled by repeating the samples. */
export function rows<T>(samples: readonly T[], length: number): T[] {
  return Array.from({ length }, (_, i) => samples[i % samples.length] as T);
}

/** The sample with the longest text. */
function byLength<T>(samples: readonly T[], words: (sample: T) => string): T {
  return samples.toSorted((a, b) => words(b).length - words(a).length)[0] as T;
}

/** Every message of the app, by its builder, with this text wherever text from outside is shown. */
export function everyMessage(outside: Outside): Record<string, readonly Message[]> {
  const { text, user } = outside;
  const all = credentials(outside);
  const twoPeople = confirmed(outside, { askedBy: 'U0OWNER001' });
  const asked = migration(outside);
  const queuedByHand = confirmed(outside, BY_HAND);
  const withProblem = [null, ...problems(outside)].map((problem) => overview(problem));
  const known = overview(null);
  const unread = overview(null, { triedAt: null, succeededAt: null });
  const progress = { read: 340, total: 1_000, at: NOW };
  const reading = overview(null, { triedAt: null, succeededAt: null, progress });
  const interrupted = overview(problems(outside)[0] ?? null, { succeededAt: null, progress });
  const states: MigrationState[] = ['asked', 'confirmed', 'cancelled', 'expired', 'void'];
  const lists: ListView[] = [
    { offset: 0 },
    { offset: 45 },
    { mine: true, offset: 0 },
    { left: true, offset: 0 },
    { words: searched(text), offset: 15 },
    {
      traits: LIST_TRAITS,
      statuses: CREDENTIAL_STATUSES,
      words: searched(text),
      mine: true,
      left: true,
      offset: 9_990,
    },
    ...CREDENTIAL_STATUSES.map((status) => ({ statuses: [status], offset: 9_990 })),
  ];
  const adobe = { sandboxes: outside.sandboxes, productionSandboxes: null };
  const ownerIds = new Map([[text.toLowerCase(), outside.user]]);
  const common = { ...HERE, adobe, ownerIds, deadline: deadlineIn(29), now: NOW };
  const dry = everyDryRun(outside);
  const longest = byLength(ends(outside), (end) => reasonWords(end.reason, end));
  return {
    ...everyReminder(outside, MIGRATORS),
    ...everyAssign(outside),
    ...everyHandOff(outside),
    chartMessage: [null, ...trends()].map((trend) => chartMessage(trend, 29)),
    ...everyHold(outside),
    ...everyWatch(outside),
    ...everyExport(TOTAL),
    severalMessage: ([null, 'migrate', 'status', 'history'] as const).flatMap((choosing) =>
      [1, TOTAL].map((total) => severalMessage(text, rows(all, Math.min(total, 10)), total, choosing, NOW)),
    ),
    noneMessage: [[], [text, text, text]].map((nearest) => noneMessage(text, nearest)),
    notPossibleMessage: all.flatMap((each) =>
      [null, confirmed(outside), asked, handedOver(outside), queuedByHand].map((open) =>
        asking.notPossibleMessage(each, open, PAGE, open === null ? null : LINK),
      ),
    ),
    dryRunNeedsNameMessage: [dryRunNeedsNameMessage()],
    oneAtATimeMessage: [asking.oneAtATimeMessage()],
    nothingLeftMessage: [asking.nothingLeftMessage()],
    goneMessage: [asking.goneMessage()],
    notPostedMessage: [asking.notPostedMessage()],
    postedMessage: [asking.postedMessage()],
    noOneElseMessage: [asking.noOneElseMessage()],
    noSecondPersonMessage: [asking.noSecondPersonMessage()],
    tooManyOpenMessage: [asking.tooManyOpenMessage()],
    noSuchQuestionMessage: [noSuchQuestionMessage()],
    checkedMessage: [
      ...problems(outside).map((problem) => attention.checkedMessage(twoPeople, { problem })),
      ...(['completed', 'started', 'not_started', 'none', 'unknown'] as const).map((status) =>
        attention.checkedMessage(twoPeople, { status }),
      ),
      ...[...STEPS, BY_HAND].flatMap((methodStep) =>
        (['completed', 'started', 'not_started'] as const).map((status) =>
          attention.checkedMessage({ ...twoPeople, ...methodStep }, { status }),
        ),
      ),
    ],
    undoingMessage: [steps.undoingMessage(twoPeople)],
    unfinishedMessage: [steps.unfinishedMessage(credential(outside))],
    nothingToEndMessage: all.flatMap((each) =>
      [null, confirmed(outside)].flatMap((active) =>
        [true, false].map((mayEnd) => steps.nothingToEndMessage(each, active, { mayEnd, link: active && LINK })),
      ),
    ),
    resolvedMessage: [attention.resolvedMessage(twoPeople)],
    notNeededMessage: [asked, handedOver(outside), ...ends(outside)].map(attention.notNeededMessage),
    noSuchMigrationMessage: [attention.noSuchMigrationMessage()],
    pickerMessage: [1, TOTAL].map(pickerMessage),
    deniedMessage: [
      ...[null, { action: 'migrate' }, { action: 'take over', askedBy: user }, { action: text }].flatMap((wanted) =>
        DENIAL_REASONS.flatMap((why) =>
          [MIGRATORS, { users: [], groups: [] }].map((each) => deniedMessage(why as DenialReason, each, { wanted })),
        ),
      ),
      ...[null, 'missing_scope', 'token_revoked', 'no_such_subteam', 'plan_upgrade_required'].flatMap((code) =>
        [null, 'S0GROUP001'].map((groupId) =>
          deniedMessage('unverified', MIGRATORS, {
            problem: { groupId, code, retryAfterMs: code === null ? 30_000 : null },
          }),
        ),
      ),
    ],
    errorMessage: [true, false].map((mayHaveStarted) => errorMessage('a1b2c3d4', { mayHaveStarted })),
    doctorMessage: [doctorMessage()],
    waitMessage: [waitMessage(1_000), waitMessage(30_000)],
    syncingMessage: [syncingMessage()],
    stillReadingMessage: [reading, interrupted].flatMap(({ sync }) => stillReadingMessage(sync, NOW) ?? []),
    noEmailMessage: [noEmailMessage(null), noEmailMessage('U0OWNER001')],
    faqMessage: METHODS.map((method) => faqMessage('2025-06-30', method, NOW)),
    helpMessage: [null, { typed: text, nearest: null }, { typed: text, nearest: 'list' }].flatMap((unknown) =>
      [null, MIGRATORS].map((migrators) =>
        helpMessage([{ usage: 'list [words]', summary: 'the credentials' }], unknown, migrators),
      ),
    ),
    historyMessage: everyHistory(outside),
    listMessage: [
      ...lists.flatMap((view) => [
        listMessage({ view, overview: known, page: { rows: rows(all, LIST_PAGE), total: TOTAL }, ...common }),
        listMessage({ view, overview: known, page: { rows: [], total: 0 }, ...common }),
      ]),
      ...withProblem.map((each) =>
        listMessage({ view: { offset: 0 }, overview: each, page: { rows: [], total: TOTAL }, ...common }),
      ),
      listMessage({
        view: { offset: 0 },
        overview: withProblem.at(-1) ?? known,
        page: { rows: all.slice(-LIST_PAGE), total: TOTAL },
        ...common,
      }),
      listMessage({ view: { offset: 0 }, overview: unread, page: { rows: [], total: 0 }, ...common }),
    ],
    statusMessage: withProblem.flatMap((each) =>
      [
        [],
        [handedOver(outside)],
        rows([confirmed(outside, POSTED), confirmed(outside, { startedAt: NOW })], TOTAL),
      ].map((line) => statusMessage(each, line, deadlineIn(-10), NOW, { person: { id: outside.user }, channel: null })),
    ),
    credentialMessage: [
      credentialMessage(credential(outside), notTaken(outside), HERE, NOW, null, ownerIds),
      credentialMessage(credential(outside), handedOver(outside), HERE, NOW),
      ...all.map((each) => credentialMessage(each, null, HERE, NOW)),
      ...everyHeldStatus(outside),
      ...everyWatchedStatus(outside),
      ...all.map((each) => credentialMessage(each, longest, { mayMigrate: false, endsHere: false }, NOW)),
      ...ends(outside).map((latest) => credentialMessage(credential(outside), latest, { ...HERE, link: LINK }, NOW)),
      ...STEPS.flatMap((methodStep) =>
        ends(outside).map((end) => credentialMessage(credential(outside), { ...end, ...methodStep }, HERE, NOW)),
      ),
      credentialMessage(credential(outside), { ...longest, state: 'needs_attention' }, HERE, NOW),
      ...[confirmed(outside), confirmed(outside, { state: 'running' })].map((latest) =>
        credentialMessage(credential(outside), latest, HERE, NOW),
      ),
    ],
    unseenMessage: everyUnseen(outside),
    questionMessage: [...everyQuestion(outside, STEPS), ...dry.questions],
    closedQuestion: [
      ...dry.ends,
      ...states.map((state) => closedQuestion({ ...twoPeople, state })),
      ...ends(outside).map((end) => closedQuestion(end, LINK)),
      ...[text, `https://example.slack.com/archives/C1/p1|${text}`].map((url) => closedQuestion(twoPeople, url)),
      ...ends(outside).map((end) => closedQuestion({ ...end, state: 'void' })),
      ...ends(outside).map((end) => closedQuestion({ ...end, state: 'cancelled' })),
      ...STEPS.flatMap((methodStep) => states.map((state) => closedQuestion({ ...twoPeople, ...methodStep, state }))),
    ],
    progressMessage: [
      progressMessage(twoPeople, { kind: 'waiting', place: TOTAL, isFirstHandedOver: false }),
      progressMessage(twoPeople, { kind: 'waiting', place: TOTAL, isFirstHandedOver: true }),
      progressMessage(twoPeople, { kind: 'handed_over', url: PAGE }),
      progressMessage(twoPeople, { kind: 'pressed' }),
      progressMessage(notTaken(outside), { kind: 'ended' }),
      ...ends(outside).map((end) => progressMessage({ ...end, method: 'hand-off' }, { kind: 'ended' })),
      progressMessage(confirmed(outside), { kind: 'confirmed' }),
      progressMessage(confirmed(outside), { kind: 'starting' }),
      progressMessage({ ...twoPeople, decidedBy: null }, { kind: 'starting' }),
      ...[0, 38, 299].map((elapsedSeconds) =>
        progressMessage(twoPeople, { kind: 'running', elapsedSeconds, expectedSeconds: 40 }),
      ),
      ...problems(outside).flatMap((problem) => [
        progressMessage(twoPeople, { kind: 'waiting_for_adobe', since: NOW, problem }),
        progressMessage(twoPeople, {
          kind: 'running',
          elapsedSeconds: 8,
          expectedSeconds: 40,
          unread: { since: NOW, problem },
        }),
      ]),
      ...[{ name: text, technicalAccountId: asked.technicalAccountId }, null].flatMap((next) =>
        ends({ ...outside, user }).map((end) =>
          progressMessage(end, { kind: 'ended', after: { url: PAGE, left: TOTAL, next, watchMs: 86_400_000 } }),
        ),
      ),
      ...STEPS.flatMap((methodStep) => [
        progressMessage({ ...twoPeople, ...methodStep }, { kind: 'waiting', place: TOTAL, isFirstHandedOver: false }),
        progressMessage({ ...twoPeople, ...methodStep }, { kind: 'confirmed' }),
        progressMessage({ ...twoPeople, ...methodStep }, { kind: 'starting' }),
        progressMessage({ ...twoPeople, ...methodStep }, { kind: 'running', elapsedSeconds: 8, expectedSeconds: 40 }),
        ...ends({ ...outside, user }).map((end) => progressMessage({ ...end, ...methodStep }, { kind: 'ended' })),
      ]),
    ],
  };
}
