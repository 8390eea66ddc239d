import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_NEW_TEXT, messageRejection } from '../../playground/slack/limits/limits.ts';
import { code, mention, nameCode, namePlain, plain } from '../../src/slack/escaping.ts';
import { historyMessage } from '../../src/slack/messages/history.ts';
import { listMessage } from '../../src/slack/messages/list.ts';
import { questionMessage } from '../../src/slack/messages/question.ts';
import { noneMessage } from '../../src/slack/messages/search-results.ts';
import { credentialMessage } from '../../src/slack/messages/status.ts';
import { problemsOfMrkdwn, problemsOfPlain } from '../slack/hostile.ts';
import {
  confirmed,
  credential,
  credentials,
  deadlineIn,
  history,
  hostile,
  migration,
  NOW,
  overview,
  problems,
} from '../slack/samples.ts';
import { anyText, run } from './arbitraries.ts';

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const inside = (span: string) => span.slice(1, -1);
const room = fc.integer({ min: 7, max: 3_000 });
const ALL = 100_000;

test('as code, any text is inert, in one span, and within the length limit', () => {
  fc.assert(
    fc.property(anyText(), room, (text, max) => {
      const span = code(text, max);
      expect(span).toMatch(/^`[^`\n]+`$/);
      expect(problemsOfMrkdwn(span)).toEqual([]);
      expect(inside(span)).not.toMatch(/[<>]/);
      expect(inside(span).length).toBeLessThanOrEqual(max);
      expect(span.isWellFormed()).toBe(true);
    }),
    run(400),
  );
});

test('code shows the same text in Slack as plain text does', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const words = plain(text, ALL).replace(/[`\u00b4\u02cb\uff40]/g, "'");
      expect(unescaped(inside(code(text, ALL)))).toBe(words || '(empty)');
    }),
    run(400),
  );
  const ordinary = fc.string({
    unit: fc.constantFrom(...'abcXYZ019 <>&;|*_~!@#/"\'äß漢字'),
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(ordinary, (text) => {
      fc.pre(text.trim() !== '');
      expect(unescaped(inside(code(text, ALL)))).toBe(text.trim());
      expect(plain(text, ALL)).toBe(text.trim());
    }),
    run(400),
  );
});

test('truncated text is a prefix that ends between two graphemes, with an ellipsis', () => {
  const segments = (text: string) =>
    [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);
  fc.assert(
    fc.property(anyText(), fc.integer({ min: 1, max: 120 }), (text, max) => {
      const whole = plain(text, ALL);
      const words = plain(text, max);
      expect(words.length).toBeLessThanOrEqual(max);
      expect(words.isWellFormed()).toBe(true);
      expect(problemsOfPlain(words)).toEqual([]);
      if (words === whole) return;
      expect(words).toMatch(/…$/);
      const kept = words.slice(0, -1);
      const begun = segments(whole.slice(0, 4 * max));
      const cuts = begun.map((_, i) => begun.slice(0, i).join('').trimEnd());
      expect(cuts).toContain(kept);
    }),
    run(400),
  );
});

test('a name is never empty, and an id is a mention or text', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      expect(problemsOfMrkdwn(nameCode(text))).toEqual([]);
      expect(nameCode(text)).toMatch(/^(`[^`]+`|\(no name\))$/);
      expect(namePlain(text).trim()).not.toBe('');
      expect(mention(text)).toMatch(/^(<@[UW][A-Z0-9]+>|`[^`]+`)$/);
    }),
    run(400),
  );
});

test('a question, a list, a status and a reason are valid for Slack and inert, whatever text they contain', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const outside = hostile(text);
      const shown = credentials(outside);
      const common = {
        overview: overview(problems(outside)[0] ?? null),
        mayMigrate: true,
        endsHere: true,
        deadline: deadlineIn(3),
        now: NOW,
      };
      const messages = [
        noneMessage(text, [text, text]),
        questionMessage(migration(outside), credential(outside), ['U0ADMIN002']),
        listMessage({
          view: { offset: 0, words: [text.slice(0, 100)] },
          page: { rows: shown.slice(0, 8), total: 90 },
          ownerIds: new Map(),
          adobe: { sandboxes: outside.sandboxes, productionSandboxes: null },
          ...common,
        }),
        ...shown
          .slice(-2)
          .map((each) => credentialMessage(each, confirmed(outside), { mayMigrate: true, endsHere: true }, NOW)),
        historyMessage({ rows: history(outside).slice(0, 5), total: 5 }, { offset: 0 }, text),
      ];
      for (const message of messages) {
        expect(messageRejection(message.text, message.blocks, MAX_NEW_TEXT)).toBeNull();
        expect(problemsOfMrkdwn(message.text)).toEqual([]);
      }
    }),
    run(60),
  );
});
