import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AdobeProblem } from '../../src/credentials/adobe-error.ts';
import type { StatusReading } from '../../src/credentials/adobe-reader.ts';
import type { AdobeStatus } from '../../src/credentials/credential.ts';
import { confirmationPhrase, matchesPhrase } from '../../src/migrations/confirmation-phrase.ts';
import {
  ACTIVE_STATES,
  END_STATES,
  type MigrationState,
  mayMove,
  type Reason,
} from '../../src/migrations/migration.ts';
import { beforeSending, type Verdict, whileInFlight } from '../../src/migrations/verdicts.ts';
import { ERROR_KINDS, STATES } from '../support/enumerations.ts';
import { anyText, run } from './arbitraries.ts';

const FINAL: readonly MigrationState[] = ['migrated', 'failed', 'resolved', 'cancelled', 'expired', 'void'];

const kind = fc.constantFrom(...ERROR_KINDS);
const problem: fc.Arbitrary<AdobeProblem> = fc.record({
  kind,
  operation: anyText(),
  status: fc.option(fc.integer(), { nil: undefined }),
});
const status = fc.constantFrom<AdobeStatus>('not_started', 'started', 'completed', 'none', 'unknown');
const reading: fc.Arbitrary<StatusReading> = fc.oneof(fc.record({ status }), fc.record({ problem }));
/** From nothing to a day, and no numbers at all. */
const ms = fc.oneof(fc.integer({ min: 0, max: 86_400_000 }), fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER));

interface Event {
  readonly reading: StatusReading;
  readonly afterMs: number;
  readonly startProblem: AdobeProblem | null;
}
const event: fc.Arbitrary<Event> = fc.record({
  reading,
  afterMs: ms,
  startProblem: fc.option(problem),
});

test('any events lead a yes along legal arrows, send at most once, and end for good', () => {
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3_600_000 }),
      (events, timeoutMs) => {
        let state: MigrationState = 'confirmed';
        let reason: Reason | null = null;
        let sent = 0;
        let startProblem: AdobeProblem | null = null;
        for (const each of events) {
          let verdict: Verdict = { do: 'wait' };
          if (state === 'confirmed')
            verdict = beforeSending(
              each.reading,
              { waitedMs: each.afterMs, confirmationAgeMs: each.afterMs },
              timeoutMs,
            );
          else if (state === 'submitted' || state === 'running')
            verdict = whileInFlight({ state, startProblem, reason }, each.reading, each.afterMs, timeoutMs);
          if (verdict.do === 'wait') continue;
          const to: MigrationState = verdict.do === 'send' ? 'submitted' : verdict.to;
          expect(mayMove(state, to)).toBe(true);
          if (verdict.do === 'send') {
            expect(each.reading).toEqual({ status: 'not_started' });
            sent += 1;
            startProblem = each.startProblem;
          } else reason = verdict.reason;
          // Whoever is told of a failure or a doubt is told why.
          if (to === 'failed' || to === 'needs_attention') expect(reason).not.toBeNull();
          if (to === 'migrated') expect(each.reading).toEqual({ status: 'completed' });
          state = to;
        }
        expect(sent).toBeLessThanOrEqual(1);
        expect([...ACTIVE_STATES, ...END_STATES]).toContain(state);
      },
    ),
    run(1_000),
  );
});

test('what is under way always ends, once the time is up, whatever Adobe says', () => {
  const under = fc.constantFrom('submitted' as const, 'running' as const);
  fc.assert(
    fc.property(
      under,
      reading,
      fc.option(problem),
      fc.integer({ min: 1, max: 3_600_000 }),
      ms,
      (state, reading, startProblem, timeoutMs, more) => {
        const verdict = whileInFlight(
          { state, startProblem, reason: null },
          reading,
          timeoutMs + more,
          timeoutMs,
        );
        expect(verdict.do).toBe('move');
        if (verdict.do === 'move') expect(END_STATES).toContain(verdict.to);
      },
    ),
    run(1_000),
  );
});

test('any walk along the arrows is short, and nothing leads out of an end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...STATES), { maxLength: 200 }), (wanted) => {
      let state: MigrationState = 'asked';
      const path: MigrationState[] = [state];
      for (const to of wanted) {
        if (!mayMove(state, to)) continue;
        expect(FINAL).not.toContain(state);
        expect(path).not.toContain(to);
        path.push(to);
        state = to;
      }
      if (path.includes('submitted')) expect(path.slice(0, 3)).toEqual(['asked', 'confirmed', 'submitted']);
      expect(path.length).toBeLessThanOrEqual(6);
    }),
    run(1_000),
  );
});

test('what is to be typed is right, and nothing else but the same word is', () => {
  const question = fc.record({
    technicalAccountId: fc.stringMatching(/^[0-9A-F]{24}$/),
    shown: fc.record({ name: anyText(), owner: fc.constant(null), sandboxes: fc.constant(['prod']) }),
  });
  // As a phone or a person with a heavy thumb types it.
  const alike = (text: string) =>
    text
      .normalize('NFC')
      .trim()
      .replace(/\s+/g, ' ')
      .replace(/[‘’]/g, "'")
      .replace(/[“”]/g, '"')
      .replace(/—/g, '--')
      .replace(/–/g, '-');
  fc.assert(
    fc.property(question, anyText(), (question, typed) => {
      const word = confirmationPhrase(question);
      expect(word.trim()).not.toBe('');
      expect(matchesPhrase(question, ` ${word}  `)).toBe(true);
      expect(matchesPhrase(question, typed)).toBe(alike(typed) === alike(word));
      expect(matchesPhrase(question, '')).toBe(false);
      expect(matchesPhrase(question, `${word}x`)).toBe(false);
    }),
    run(1_000),
  );
});
