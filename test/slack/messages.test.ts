import { readdirSync } from 'node:fs';
import type { KnownBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import {
  MAX_NEW_TEXT,
  MAX_UPDATED_TEXT,
  messageRejection,
  suggestionErrors,
  viewErrors,
} from '../../playground/slack/limits/limits.ts';
import { pickerOption } from '../../src/slack/messages/answers.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { wrongNameError } from '../../src/slack/messages/question.ts';
import { everyHome, everyMessage, everyModal } from './every-message.ts';
import { faultsOfMrkdwn, faultsOfPlain, HOSTILE } from './hostile.ts';
import { credentials, hostile, migration, ORDINARY } from './samples.ts';

/** By `chat.update`, whose text may be a tenth as long as elsewhere. */
const EDITED = new Set(['closedQuestion', 'progressMessage']);

const outsides = [
  ['ordinary values', ORDINARY] as const,
  ...Object.entries(HOSTILE).map(([name, text]) => [name, hostile(text)] as const),
];

interface Text {
  readonly type: 'mrkdwn' | 'plain_text';
  readonly text: string;
}

/** Every text object in it, however deep. */
function textsOf(value: unknown): Text[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && 'text' in value && typeof value.text === 'string') return [value as Text];
  return Object.values(value).flatMap(textsOf);
}

/** Messages are many and alike: one list of what is wrong, each with its place, said once. */
function faultsOfTexts(name: string, value: unknown): string[] {
  const faults = textsOf(value).flatMap(({ type, text }) =>
    (type === 'mrkdwn' ? faultsOfMrkdwn(text) : faultsOfPlain(text)).map((fault) => `${name}: ${fault}`),
  );
  return [...new Set(faults)];
}

/** What a screen reader does not get to hear: lines of the blocks that the top-level text lacks. */
function missingLines({ text, blocks }: Message): string[] {
  const lines = blocks
    .filter(({ type }) => type === 'section' || type === 'context')
    .flatMap((block: KnownBlock) =>
      'accessory' in block ? textsOf({ ...block, accessory: null }) : textsOf(block),
    )
    .flatMap((each) => each.text.split('\n'));
  return lines.filter((line) => !text.includes(line));
}

describe.each(outsides)('with %s', (_, outside) => {
  const messages = Object.entries(everyMessage(outside));

  test.each(messages)('%s is taken by Slack', (name, all) => {
    const limit = EDITED.has(name) ? MAX_UPDATED_TEXT : MAX_NEW_TEXT;
    for (const { text, blocks } of all) {
      expect(messageRejection(text, blocks, limit)).toBeNull();
      expect(text.trim()).not.toBe('');
    }
  });

  test.each(messages)('%s says everything in its text', (_name, all) => {
    for (const message of all) expect(missingLines(message)).toEqual([]);
  });

  test.each(messages)('%s carries no markup from outside', (name, all) => {
    for (const { text, blocks } of all) {
      expect(faultsOfMrkdwn(text)).toEqual([]);
      expect(faultsOfTexts(name, blocks)).toEqual([]);
    }
  });

  test('the Home and the modals are taken by Slack and carry no markup from outside', () => {
    for (const [type, views] of [
      ['home', Object.values(everyHome(outside)).flat()],
      ['modal', Object.values(everyModal(outside)).flat()],
    ] as const) {
      for (const view of views) {
        expect(viewErrors(view, type)).toEqual([]);
        expect(faultsOfTexts(type, view.blocks)).toEqual([]);
      }
    }
  });

  test('the picker’s options and the modal’s error are text', () => {
    const options = credentials(outside)
      .map(pickerOption)
      .map((option, i) => ({ ...option, value: String(i) }));
    expect(suggestionErrors({ options })).toEqual([]);
    expect(faultsOfTexts('option', options)).toEqual([]);
    const [error = ''] = Object.values(wrongNameError(migration(outside)));
    expect(faultsOfPlain(error)).toEqual([]);
    expect(error.length).toBeLessThan(200);
  });
});

test('no view is left out here', async () => {
  const folder = new URL('../../src/slack/messages/', import.meta.url);
  const modules = await Promise.all(readdirSync(folder).map((file) => import(new URL(file, folder).href)));
  const builders = modules
    .flatMap(Object.keys)
    .filter((name) => /(Message|View|Modal|Home|Question)$/.test(name));
  const covered = [everyMessage(ORDINARY), everyHome(ORDINARY), everyModal(ORDINARY)].flatMap(Object.keys);
  expect(covered.sort()).toEqual(builders.sort());
});
