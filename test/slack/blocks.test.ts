import type { KnownBlock } from '@slack/types';
import { expect, test } from 'vitest';
import { MAX_NEW_TEXT, MAX_UPDATED_TEXT, messageRejection, viewErrors } from '../../playground/slack/limits/limits.ts';
import {
  button,
  buttons,
  heading,
  line,
  MAX_EDITED_TEXT,
  note,
  toBlocks,
  toMessage,
} from '../../src/slack/messages/blocks.ts';
import { filesOf, linesWith } from '../support/sources.ts';
import { problemsOfMrkdwn } from './hostile.ts';

const OK = button('OK', 'ok');
const textsIn = (blocks: readonly KnownBlock[]) =>
  blocks.flatMap((block) => (block.type === 'section' && block.text !== undefined ? [block.text.text] : []));

test('a message has the text and the blocks of its rows, in order, without the null rows', () => {
  const message = toMessage([line('first', OK), null, note('second'), buttons(OK), line('third')]);
  expect(message.text).toBe('first\nsecond\nthird');
  expect(message.blocks.map(({ type }) => type)).toEqual(['section', 'context', 'actions', 'section']);
  expect(message.blocks[0]).toMatchObject({ accessory: OK });
});

test('a row of buttons without any button has no block', () => {
  expect(toBlocks([buttons()])).toEqual([]);
});

test('lines that do not fit into one block continue in the next, with the button beside the first', () => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i} ${'x'.repeat(200)}`);
  const { text, blocks } = toMessage([line(lines.join('\n'), OK)]);
  expect(text.split('\n')).toEqual(lines);
  expect(textsIn(blocks).join('\n')).toBe(text);
  expect(blocks.length).toBe(3);
  expect(blocks.map((block) => 'accessory' in block)).toEqual([true, false, false]);
  expect(messageRejection(text, blocks, MAX_NEW_TEXT)).toBeNull();
});

test('a message that is too long in every way is cut to what Slack accepts, with no markup left open', () => {
  const long = `${'`code` <@U1> &amp; '.repeat(1_000)}`;
  const rows = [...Array.from({ length: 60 }, () => line(long)), note(long), buttons(OK)];
  for (const max of [MAX_NEW_TEXT, MAX_UPDATED_TEXT]) {
    const { text, blocks } = toMessage(rows, max);
    expect(messageRejection(text, blocks, max)).toBeNull();
    expect(blocks).toHaveLength(50);
    for (const each of [text, ...textsIn(blocks)]) expect(problemsOfMrkdwn(each)).toEqual([]);
  }
  expect(MAX_EDITED_TEXT).toBe(MAX_UPDATED_TEXT);
});

test('a Home that is too long is cut to what Slack accepts', () => {
  const blocks = toBlocks(Array.from({ length: 60 }, () => [heading('x'.repeat(200)), line('y')]).flat());
  expect(blocks).toHaveLength(100);
  expect(viewErrors({ type: 'home', blocks }, 'home')).toEqual([]);
});

test('the label of a button is cut to what Slack accepts', () => {
  const labelled = button('Migrate', 'migrate', { label: `Migrate ${'x'.repeat(200)}` });
  expect(labelled.accessibility_label).toMatch(/^Migrate x{66}…$/);
});

test('blocks are built only in blocks.ts, and messages only in src/slack/messages', () => {
  const files = filesOf('src').filter((file) => !file.endsWith('/messages/blocks.ts'));
  expect(linesWith(/\btype: '(section|context|header|actions|input)'/, files)).toEqual([]);
  const outside = files.filter((file) => !file.startsWith('src/slack/messages/'));
  expect(linesWith(/\b(toMessage|toBlocks)\(|\bblocks: \[/, outside)).toEqual([]);
});
