import type {
  ActionsBlockElement,
  Button,
  ConfirmationDialog,
  KnownBlock,
  PlainTextElement,
} from '@slack/types';

/**
 * A message as Slack takes it. Screen readers and notifications read `text`, not the blocks: it carries the whole
 * message. Both are mrkdwn; what came from outside has gone through `slack/text.ts`.
 */
export interface Message {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** A message of paragraphs, with small print and buttons below. */
export function message(
  paragraphs: readonly string[],
  { footer, buttons = [] }: { footer?: string; buttons?: readonly ActionsBlockElement[] } = {},
): Message {
  return {
    text: [...paragraphs, ...(footer === undefined ? [] : [footer])].join('\n'),
    blocks: [
      ...paragraphs.map((text) => section(text)),
      ...(footer === undefined ? [] : [context(footer)]),
      ...actions(buttons),
    ],
  };
}

/** A section holds 3000 characters. */
const MOST_CHARACTERS = 3000;

/** Lines of at most that, put together to as few paragraphs as hold them. */
export function paragraphsOf(lines: readonly string[]): string[] {
  const paragraphs: string[] = [];
  for (const line of lines) {
    const longer = `${paragraphs.at(-1)}\n${line}`;
    if (paragraphs.length > 0 && longer.length <= MOST_CHARACTERS) paragraphs[paragraphs.length - 1] = longer;
    else paragraphs.push(line);
  }
  return paragraphs;
}

export function section(text: string, accessory?: Button): KnownBlock {
  // `verbatim`: Slack makes no links of its own from what looks like one.
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true }, ...(accessory && { accessory }) };
}

export function context(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

export function header(text: string): KnownBlock {
  return { type: 'header', text: plainText(text) };
}

/** No block at all where there are no elements: Slack refuses an empty one. */
export function actions(elements: readonly ActionsBlockElement[]): KnownBlock[] {
  return elements.length === 0 ? [] : [{ type: 'actions', elements: [...elements] }];
}

export function button(
  text: string,
  actionId: string,
  options: {
    value?: string;
    style?: 'primary' | 'danger';
    confirm?: ConfirmationDialog;
    label?: string;
  } = {},
): Button {
  const { label, ...rest } = options;
  return {
    type: 'button',
    text: plainText(text),
    action_id: actionId,
    ...rest,
    ...(label !== undefined && { accessibility_label: label }),
  };
}

export function plainText(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}
