import { readdirSync } from 'node:fs';
import type { HomeView, ModalView } from '@slack/types';
import { expect, test } from 'vitest';
import {
  MAX_NEW_TEXT,
  MAX_POSTED_BLOCK_TEXT,
  MAX_UPDATED_TEXT,
  messageRejection,
  suggestionErrors,
  viewErrors,
} from '../../playground/slack/limits/limits.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { BODY_LIMIT } from '../../src/slack/receiver.ts';
import { IS_CI } from '../support/effort.ts';
import { everyHome } from './every-home.ts';
import { everyMessage } from './every-message.ts';
import { everyModal, everyPlainText } from './every-modal.ts';
import { HOSTILE, problemsOfMrkdwn, problemsOfPlain } from './hostile.ts';
import { hostile, ORDINARY, type Outside } from './samples.ts';

type Samples<T> = Readonly<Record<string, readonly T[]>>;
type Every<T> = (outside: Outside) => Samples<T>;

/** Outside CI, one text of each kind is enough: long, live, breaking, empty. Escaping is tested with every text. */
const ONE_OF_EACH = [
  ...['ten thousand ampersands', 'a mention in the middle', 'backticks'],
  ...['lines of its own', 'half characters', 'nothing'],
];
const TEXTS = Object.entries(HOSTILE).filter(([name]) => IS_CI || ONE_OF_EACH.includes(name));

/**
 * The samples of every builder for each of these texts from outside, by the text's name. Made once, and each of the many
 * that are equal is there once.
 */
function withEveryText<T>(every: Every<T>): readonly (readonly [input: string, samples: Samples<T>])[] {
  const made = (outside: Outside) => Object.entries(every(outside)).map(([builder, each]) => [builder, unequal(each)]);
  return [
    ['ordinary values', Object.fromEntries(made(ORDINARY))] as const,
    ...TEXTS.map(([name, text]) => [name, Object.fromEntries(made(hostile(text)))] as const),
  ];
}

function unequal<T>(samples: readonly T[]): readonly T[] {
  return [...new Map(samples.map((sample) => [JSON.stringify(sample), sample])).values()];
}

const MESSAGES = withEveryText<Message>(everyMessage);
const HOMES = withEveryText<HomeView>(everyHome);
const MODALS = withEveryText<ModalView>(everyModal);

/** The samples with ordinary values, by builder. */
function ofOrdinary(...kinds: (typeof MESSAGES | typeof HOMES | typeof MODALS)[]): object[] {
  return kinds.flatMap(([ordinary]) => (ordinary === undefined ? [] : [ordinary[1]]));
}

/** Messages sent by `chat.update`, which accepts a tenth of the text. */
const EDITED = new Set(['closedQuestion', 'progressMessage', 'answeredAskMessage', 'editedDigest']);
/** Messages sent only as replies, which may have longer blocks than posts. */
const REPLIES = new Set(['listMessage', 'previewMessage']);
/** What to do about each of Slack's errors. */
const WHAT_TO_DO: Readonly<Record<string, string>> = {
  msg_too_long: 'shorten it (EDITED here names what `chat.update` sends, which takes less)',
  msg_blocks_too_long: 'shorten it, or add the builder to REPLIES here if it is never posted',
};

/** Exported functions that are not messages but make up messages: rows, parts and words. */
const PARTS = [
  ...['alert', 'plainSection', 'overflow', 'noneChosenError', 'saidNotMineRow', 'alikeAmong', 'fitsOneMessage'],
  ...['targetWords', 'assignButton', 'missingRows', 'updatedRow', 'theirsWords'],
  ...['chartBlock', 'table', 'chartRows'],
  ...['viewMenu', 'clockTime', 'leavesOutDone', 'filterOf', 'viewWords'],
  ...['forecastWords', 'buttonsWithId', 'unseenWords', 'migrateNextButton'],
  'plainBlocks',
  ...['toMessage', 'splitIntoMessages', 'textMessage', 'toBlocks', 'line', 'note', 'quiet', 'heading', 'buttons'],
  ...['questionWords', 'productionWords', 'warningWords', 'wantedWords', 'preformatted'],
  ...['input', 'shortened', 'button', 'dialog', 'plainText', 'migrateButton', 'reviewButton'],
  ...['attentionButtons', 'pager', 'migratorWords', 'namesWords', 'countAndNames'],
  ...[
    'dateTime',
    'day',
    'calendarDate',
    'capitalized',
    'waitingWords',
    'timeAgo',
    'duration',
    'elapsed',
    'shortDuration',
    'count',
    'grouped',
  ],
  ...['exportHeader', 'exportLines', 'exportName'],
  ...[
    'sandboxWords',
    'productionFirst',
    'marksOf',
    'countdown',
    'whereWords',
    'deadlineWords',
    'deadlineMeaning',
    'deadlineSentence',
    'laterDate',
  ],
  ...['heldWords', 'heldMark', 'holdButton', 'endHoldButton', 'overrideHoldButton', 'holdButtons'],
  ...['ownerAskButton', 'sentWord', 'modal', 'credentialOptions', 'credentialField', 'reasonField'],
  ...['badDayError', 'noReasonError', 'endWords'],
  ...['isJwtOver', 'isConvertedByAdobe', 'migratedOutsideWords'],
  ...['problemWords', 'unknownStatusWords', 'unreadWords', 'uncountedWords', 'explain', 'reasonWords', 'resolvedBy'],
  ...['dryRunLabel', 'rehearsalWords', 'entryWords'],
  ...[
    'readingWords',
    'certificateWords',
    'usageWords',
    'impactLines',
    'impactSummary',
    'inactionWords',
    'changeWords',
    'usagePlain',
    'failingMark',
    'plainDateTime',
  ],
  ...[
    'failedAfterRows',
    'watchStatusRows',
    'stepWords',
    'doingWords',
    'boundWords',
    'undoneWords',
    'finishedWords',
    'consoleFix',
    'unfinishedHint',
  ],
  ...[
    'endingButtons',
    'finishButton',
    'undoButton',
    'handOffButtons',
    'withdrawButton',
    'notNowButton',
    'openAdobeButton',
    'finishInAdobeButton',
    'handedOverWords',
  ],
  ...['summaryRows', 'credentialRows', 'queueWords', 'pauseWords', 'waitWords', 'groupFix'],
];

interface Text {
  readonly type: 'mrkdwn' | 'plain_text';
  readonly text: string;
}

/** What is wrong with any of these, as "builder / text from outside: what", each once. */
function findIn<T>(
  all: ReturnType<typeof withEveryText<T>>,
  problemsOf: (sample: T, builder: string) => readonly string[],
): string[] {
  const found = all.flatMap(([input, builders]) =>
    Object.entries(builders).flatMap(([builder, samples]) =>
      samples.flatMap((sample) => problemsOf(sample, builder).map((problem) => `${builder} / ${input}: ${problem}`)),
    ),
  );
  return [...new Set(found)];
}

/** Every text object in a value, at any depth. */
function textsOf(value: unknown): Text[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && 'text' in value && typeof value.text === 'string') return [value as Text];
  return Object.values(value).flatMap(textsOf);
}

function markupIn(value: unknown): string[] {
  return textsOf(value).flatMap(({ type, text }) =>
    type === 'mrkdwn' ? problemsOfMrkdwn(text) : problemsOfPlain(text),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** A line as a person reads it, without quotes: text from outside is a code span in mrkdwn, but not in `plain_text`. */
function asRead(line: string, type: Text['type'] = 'mrkdwn'): string {
  const read = type === 'mrkdwn' ? line.replace(/&(lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? '') : line;
  return read.replace(/['`\u00b4\u02cb\uff40]/g, '');
}

/** The lines that the blocks show, without those of buttons. */
function shownLines({ blocks }: Message): string[] {
  return blocks
    .filter(({ type }) => type !== 'actions')
    .flatMap((block) => {
      const texts = textsOf('accessory' in block ? { ...block, accessory: null } : block);
      const read = texts.map(({ text, type }) => asRead(text, type));
      // The elements of one context block stand side by side.
      return block.type === 'context' ? [read.join(' ')] : read;
    })
    .flatMap((text) => text.split('\n'));
}

test('Slack accepts every message, whatever text from outside is in it', () => {
  const problems = findIn(MESSAGES, ({ text, blocks }, builder) => {
    const maxText = EDITED.has(builder) ? MAX_UPDATED_TEXT : MAX_NEW_TEXT;
    const maxBlockText = REPLIES.has(builder) ? undefined : MAX_POSTED_BLOCK_TEXT;
    const rejection = messageRejection(text, blocks, maxText, maxBlockText);
    if (rejection === null) return [];
    const hint = WHAT_TO_DO[rejection.error];
    return [`${rejection.error}: ${[...rejection.messages, ...(hint === undefined ? [] : [hint])].join('; ')}`];
  });
  expect(problems).toEqual([]);
});

test('no message has an empty plain text', () => {
  expect(findIn(MESSAGES, ({ text }) => (text.trim() === '' ? ['empty'] : []))).toEqual([]);
});

test('every line in the plain text of a message is in its blocks, and every line in its blocks is in the plain text', () => {
  const problems = findIn(MESSAGES, (message) => {
    const shown = new Set(shownLines(message));
    const plain = new Set(message.text.split('\n').map((line) => asRead(line)));
    return [
      ...[...shown].filter((line) => !plain.has(line)).map((line) => `only in the blocks: ${line}`),
      ...[...plain].filter((line) => !shown.has(line)).map((line) => `only in the plain text: ${line}`),
    ];
  });
  expect(problems).toEqual([]);
});

test('no message carries live markup from outside, neither in its plain text nor in its blocks', () => {
  const problems = findIn(MESSAGES, ({ text, blocks }) => [...problemsOfMrkdwn(text), ...markupIn(blocks)]);
  expect(problems).toEqual([]);
});

test('Slack accepts every Home and every modal, whatever text from outside is in it', () => {
  expect(findIn(HOMES, (view) => viewErrors(view, 'home'))).toEqual([]);
  expect(findIn(MODALS, (view) => viewErrors(view, 'modal'))).toEqual([]);
});

test('no Home and no modal carries live markup from outside', () => {
  expect(findIn(HOMES, markupIn)).toEqual([]);
  expect(findIn(MODALS, markupIn)).toEqual([]);
});

test('Slack accepts the options of the picker, and they carry no live markup', () => {
  const problems = findIn(
    withEveryText((outside) => ({ pickerOption: [everyPlainText(outside).pickerOption] })),
    (options) => [...suggestionErrors({ options }), ...markupIn(options)],
  );
  expect(problems).toEqual([]);
});

test('the error for a wrong name is short and carries no live markup', () => {
  const problems = findIn(
    withEveryText((outside) => ({
      wrongNameError: everyPlainText(outside).wrongNameError.flatMap(Object.values<string>),
    })),
    (error) => [...(error.length < 200 ? [] : ['too long']), ...problemsOfPlain(error)],
  );
  expect(problems).toEqual([]);
});

test('every exported function of src/slack/messages is a builder with samples here, or a known part', async () => {
  const folder = new URL('../../src/slack/messages/', import.meta.url);
  const modules = await Promise.all(readdirSync(folder).map((file) => import(new URL(file, folder).href)));
  const exported = modules.flatMap((module) =>
    Object.keys(module).filter((name) => typeof module[name] === 'function'),
  );
  const sampled = [...ofOrdinary(MESSAGES, HOMES, MODALS), everyPlainText(ORDINARY)].flatMap(Object.keys);
  const hint = 'a message or modal needs a sample in a file test/slack/every-….ts, anything else a place in PARTS here';
  expect(exported.sort(), hint).toEqual([...sampled, ...PARTS].sort());
});

test('the payload of a press in any message or view is at most half the size that is read', () => {
  const payloads = [MESSAGES, HOMES, MODALS].flatMap((kind) =>
    kind.flatMap(([input, samples]) =>
      Object.entries(samples).flatMap(([name, each]) =>
        each.map((shown: object) => [`${name}, ${input}`, pressIn(shown)] as const),
      ),
    ),
  );
  expect(payloads.filter(([, length]) => length > BODY_LIMIT / 2)).toEqual([]);
});

/** The longest form of one UTF-16 code unit in a press: `\\u0000`, form-encoded. */
const MAX_ENCODED = '%5Cu0000'.length;

/** The length of a press's body: JSON, with non-ASCII escaped, form-encoded. For small messages, its maximum. */
function pressIn(shown: object): number {
  const json = JSON.stringify({ type: 'block_actions', message: shown });
  if (json.length * MAX_ENCODED <= BODY_LIMIT / 2) return json.length * MAX_ENCODED;
  const ascii = json.replace(/[^ -~]+/g, (characters) => '\\u0000'.repeat(characters.length));
  return encodeURIComponent(ascii).length;
}

test('the cancel button of a dialog never has the text of the button that opens or confirms it', () => {
  const found: string[] = [];
  JSON.stringify(ofOrdinary(MESSAGES, HOMES), (_, value) => {
    const back = value?.confirm?.deny?.text;
    if (back !== undefined && [value.text.text, value.confirm.confirm.text].includes(back)) found.push(back);
    return value;
  });
  expect(found).toEqual([]);
});
