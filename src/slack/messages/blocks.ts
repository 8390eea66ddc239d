import type {
  ActionsBlockElement,
  Button,
  ConfirmationDialog,
  InputBlock,
  KnownBlock,
  Overflow,
  PlainTextElement,
  StaticSelect,
} from '@slack/types';
import type { Missing } from '../../reminders/assignment.ts';
import { code, cutMrkdwn, EMPTY, mention, plain } from '../escaping.ts';

/** A message as Slack accepts it. Screen readers and notifications read only `text`, so it is complete. */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** A row of a message, modal or Home: its blocks, and its text as mrkdwn; null if it is only buttons or fields. */
export interface Row {
  readonly text: string | null;
  readonly blocks: readonly KnownBlock[];
  /** What the row is about, if it is replaced when its message is edited. */
  readonly about?: Missing;
}

/** Rows to show, in order; null for a row that this message does not need. */
export type Rows = readonly (Row | null)[];

/** Slack's limits, in characters (Block Kit reference). */
const MAX_SECTION = 3_000;
const MAX_HEADING = 150;
/** Text of a button or of a menu's option. */
export const MAX_LABEL = 75;
/** Text of a new message; `chat.update` accepts a tenth. */
const MAX_TEXT = 40_000;
export const MAX_EDITED_TEXT = 4_000;
/**
 * Text of all blocks of a posted message together; it leaves room for the buttons, which count as well. Slack does not
 * document the limit; it was observed to lie between 11 300 and 13 200.
 */
const MAX_POSTED = 10_000;
/** Slack's limits, in blocks. */
const MAX_MESSAGE_BLOCKS = 50;
const MAX_VIEW_BLOCKS = 100;

/** The message of these rows. `maxText`: maximum length of the plain text, in characters. */
export function toMessage(rows: Rows, maxText = MAX_TEXT): Message {
  return { text: cutMrkdwn(textOf(rows), maxText), blocks: toBlocks(rows, MAX_MESSAGE_BLOCKS) };
}

/**
 * Splits the rows into as many messages as needed, each within Slack's limits; every one but the first begins with
 * `continued`. For messages that are posted: a reply to a `response_url` may be longer.
 */
export function splitIntoMessages(rows: Rows, continued: Row): readonly (readonly Row[])[] {
  const parts: Row[][] = [[]];
  for (const row of rows) {
    if (row === null) continue;
    const longer = [...(parts.at(-1) ?? []), row];
    if (fitsOneMessage(longer)) parts.splice(-1, 1, longer);
    else parts.push([continued, row]);
  }
  return parts;
}

/** Whether Slack accepts these rows as one message. */
export function fitsOneMessage(rows: Rows): boolean {
  return textOf(rows).length <= MAX_POSTED && toBlocks(rows).length <= MAX_MESSAGE_BLOCKS;
}

/** The message as one section with its buttons and menus, for when Slack rejects it as too long. */
export function shortened({ text, blocks }: Message): Message {
  const start = cutMrkdwn(text, MAX_SECTION);
  return { text: start, blocks: [section(start), ...blocks.filter(({ type }) => type === 'actions')] };
}

function textOf(rows: Rows): string {
  return rows.flatMap((row) => row?.text ?? []).join('\n');
}

/** A message of one row. */
export function textMessage(text: string): Message {
  return toMessage([line(text)]);
}

/** The blocks of these rows, for a modal or Home. */
export function toBlocks(rows: Rows, max = MAX_VIEW_BLOCKS): KnownBlock[] {
  return rows.flatMap((row) => row?.blocks ?? []).slice(0, max);
}

/** One or more lines of text, with a button beside the first. */
export function line(text: string, button?: Button): Row {
  const [first = '', ...rest] = sectionsOf(text);
  return { text, blocks: [section(first, button), ...rest.map((part) => section(part))] };
}

/** Several lines in which Slack reads no markup. Only for views: the plain text of a message is mrkdwn. */
export function plainSection(lines: readonly string[]): KnownBlock {
  return { type: 'section', text: plainText(lines.join('\n').slice(0, MAX_SECTION)) };
}

/** Any text, on a line of its own that is easy to select; Slack reads no markup in it. */
export function preformatted(text: string): Row {
  const part = { type: 'rich_text_preformatted' as const, elements: [{ type: 'text' as const, text }] };
  return { text: null, blocks: [{ type: 'rich_text', elements: [part] }] };
}

/** Small print. */
export function note(text: string): Row {
  const elements = [{ type: 'mrkdwn' as const, text: cutMrkdwn(text, MAX_SECTION), verbatim: true }];
  return { text, blocks: [{ type: 'context', elements }] };
}

/** Words of our own, text from outside, or a person in Slack. */
export type QuietPart = string | { readonly outside: string } | { readonly userId: string };

/** Small print with text from outside. It needs no code span, since Slack reads no markup in `plain_text`. */
export function quiet(...parts: readonly QuietPart[]): Row {
  // A mention is markup, so each is an element of its own, after the rest.
  const mentions = parts.flatMap((part) => (typeof part !== 'string' && 'userId' in part ? mention(part.userId) : []));
  const words = plainText(cutMrkdwn(parts.map(quietPlain).join('').trimEnd(), MAX_SECTION));
  const elements = [words, ...mentions.map((text) => ({ type: 'mrkdwn' as const, text, verbatim: true }))];
  return { text: parts.map(quietMrkdwn).join(''), blocks: [{ type: 'context', elements }] };
}

function quietPlain(part: QuietPart): string {
  if (typeof part === 'string') return part;
  return 'userId' in part ? '' : plain(part.outside) || EMPTY;
}

function quietMrkdwn(part: QuietPart): string {
  if (typeof part === 'string') return part;
  return 'userId' in part ? mention(part.userId) : code(plain(part.outside), MAX_SECTION);
}

/** Plain text, larger. */
export function heading(text: string): Row {
  return { text, blocks: [{ type: 'header', text: plainText(plain(text, MAX_HEADING)) }] };
}

/** Buttons and menus, side by side. */
export function buttons(...elements: readonly ActionsBlockElement[]): Row {
  // Slack rejects a block without elements.
  return { text: null, blocks: elements.length === 0 ? [] : [{ type: 'actions', elements: [...elements] }] };
}

/** Buttons and menus with an id that a press sends back: that of this version of the message, as Slack advises. */
export function buttonsWithId(id: string, ...elements: readonly ActionsBlockElement[]): Row {
  return { text: null, blocks: [{ type: 'actions', block_id: id, elements: [...elements] }] };
}

/** A field of a modal. */
export function input(field: Omit<InputBlock, 'type'>): Row {
  return { text: null, blocks: [{ type: 'input', ...field }] };
}

export interface ButtonOptions {
  readonly value?: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: ConfirmationDialog;
  /** Read aloud instead of the text. May contain text from outside. */
  readonly label?: string;
}

export function button(text: string, actionId: string, { label, ...rest }: ButtonOptions = {}): Button {
  return {
    type: 'button',
    text: plainText(text),
    action_id: actionId,
    ...rest,
    ...(label !== undefined && { accessibility_label: plain(label, MAX_LABEL) }),
  };
}

/** A menu of further actions, behind "…"; at most five. */
export function overflow(
  actionId: string,
  choices: readonly { readonly name: string; readonly value: string }[],
): Overflow {
  const options = choices.map(({ name, value }) => ({ text: plainText(name), value }));
  return { type: 'overflow', action_id: actionId, options };
}

/** A menu of views; the current one is preselected, no matter which page of it the reader sees. */
export function viewMenu<View extends { readonly offset: number }>(
  placeholder: string,
  actionId: string,
  choices: readonly { readonly name: string; readonly view: View }[],
  current: View,
): StaticSelect {
  const options = choices.map(({ name, view }) => ({ text: plainText(name), value: JSON.stringify(view) }));
  const firstPage = JSON.stringify({ ...current, offset: 0 });
  const chosen = options.find(({ value }) => value === firstPage);
  return {
    type: 'static_select',
    action_id: actionId,
    placeholder: plainText(placeholder),
    options,
    ...(chosen && { initial_option: chosen }),
  };
}

/** Slack's dialog before it sends a press to the app. All of it is plain text. */
export function dialog(title: string, text: string, confirm: string, deny = 'Not now'): ConfirmationDialog {
  return { title: plainText(title), text: plainText(text), confirm: plainText(confirm), deny: plainText(deny) };
}

export function plainText(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

function section(text: string, accessory?: Button): KnownBlock {
  // `verbatim`: Slack makes no links of its own from what looks like one.
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true }, ...(accessory && { accessory }) };
}

/** Splits the text between lines into as few sections as possible. */
function sectionsOf(text: string): string[] {
  const parts: string[] = [];
  for (const fullLine of text.split('\n')) {
    const cutLine = cutMrkdwn(fullLine, MAX_SECTION);
    const longer = `${parts.at(-1)}\n${cutLine}`;
    if (parts.length > 0 && longer.length <= MAX_SECTION) parts[parts.length - 1] = longer;
    else parts.push(cutLine);
  }
  return parts;
}
