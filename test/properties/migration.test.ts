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
import { type MethodName, planOf } from '../../src/migrations/steps.ts';
import { type Verdict, verdictBeforeSending, verdictInFlight } from '../../src/migrations/verdicts.ts';
import { ERROR_KINDS, STATES } from '../support/enumerations.ts';
import { anyText, run } from './arbitraries.ts';

/** The whole migration in one step. */
const WHOLE = planOf({ method: 'query-service', step: 'start' });

const FINAL: readonly MigrationState[] = [
  'migrated',
  'bound',
  'undone',
  'failed',
  'resolved',
  'cancelled',
  'expired',
  'void',
  'dry_run',
];

const kind = fc.constantFrom(...ERROR_KINDS);
const problem: fc.Arbitrary<AdobeProblem> = fc.record({
  kind,
  operation: anyText(),
  status: fc.option(fc.integer(), { nil: undefined }),
});
const status = fc.constantFrom<AdobeStatus>('not_started', 'started', 'completed', 'none', 'unknown');
const reading: fc.Arbitrary<StatusReading> = fc.oneof(fc.record({ status }), fc.record({ problem }));
/** From zero to a day, and extreme values. */
const ms = fc.oneof(fc.integer({ min: 0, max: 86_400_000 }), fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER));

interface Event {
  readonly reading: StatusReading;
  readonly afterMs: number;
  readonly startProblem: AdobeProblem | null;
}
const method = fc.constantFrom<MethodName>('query-service', 'hand-off');
const event: fc.Arbitrary<Event> = fc.record({ reading, afterMs: ms, startProblem: fc.option(problem) });

test('any events lead a confirmed migration along legal moves, and start it at most once', () => {
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3_600_000 }),
      method,
      (events, timeoutMs, method) => {
        let state: MigrationState = 'confirmed';
        let reason: Reason | null = null;
        let sent = 0;
        let startProblem: AdobeProblem | null = null;
        for (const each of events) {
          let verdict: Verdict = { do: 'wait' };
          if (state === 'confirmed')
            verdict = verdictBeforeSending(
              WHOLE,
              each.reading,
              { waitedMs: each.afterMs, confirmationAgeMs: each.afterMs },
              timeoutMs,
            );
          else if (state === 'submitted' || state === 'running')
            verdict = verdictInFlight(
              WHOLE,
              { state, method, startProblem, reason },
              each.reading,
              each.afterMs,
              timeoutMs,
            );
          if (verdict.do === 'wait') continue;
          const to: MigrationState = verdict.do === 'send' ? 'submitted' : verdict.to;
          expect(mayMove(state, to)).toBe(true);
          if (verdict.do === 'send') {
            expect(each.reading).toEqual({ status: 'not_started' });
            sent += 1;
            startProblem = each.startProblem;
          } else reason = verdict.reason;
          // A failure or an unclear end always has a reason to show.
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

test('a migration in flight always ends after its timeout, whatever Adobe reports', () => {
  const under = fc.constantFrom('submitted' as const, 'running' as const);
  fc.assert(
    fc.property(
      under,
      reading,
      fc.option(problem),
      fc.integer({ min: 1, max: 3_600_000 }),
      ms,
      (state, reading, startProblem, timeoutMs, more) => {
        const verdict = verdictInFlight(
          WHOLE,
          { state, method: 'query-service', startProblem, reason: null },
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

test('any path of legal moves is short, and no move leads out of a final state', () => {
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

const shownName = (name: string) => ({
  technicalAccountId: '0123456789ABCDEF01234567',
  shown: { name, owner: null, sandboxes: ['prod'] },
});
const request = anyText().map(shownName);

test('the confirmation phrase itself matches, with or without surrounding spaces', () => {
  fc.assert(
    fc.property(request, fc.stringMatching(/^\s{0,5}$/), (request, space) => {
      const phrase = confirmationPhrase(request);
      expect(phrase).toMatch(/\S/);
      expect(matchesPhrase(request, `${space}${phrase}${space}`)).toBe(true);
    }),
    run(1_000),
  );
});

test('a confirmation phrase does not match with a character added, removed or in another case, nor does empty text', () => {
  // A character that the comparison neither trims nor folds, at any place.
  const typo = fc.record({ at: fc.nat(80), letter: fc.constantFrom('x', '0', '@', 'ß', '中') });
  fc.assert(
    fc.property(request, typo, (request, { at, letter }) => {
      const phrase = confirmationPhrase(request);
      const characters = [...phrase];
      const place = at % characters.length;
      const typed = [
        '',
        characters.toSpliced(place, 0, letter).join(''),
        // A letter or digit; a removed space next to another would be no difference.
        ...(/[\p{L}\p{N}]/u.test(characters[place] ?? '') ? [characters.toSpliced(place, 1).join('')] : []),
        ...[phrase.toLowerCase(), phrase.toUpperCase()].filter((other) => other.normalize() !== phrase.normalize()),
      ];
      expect(typed.filter((text) => matchesPhrase(request, text))).toEqual([]);
    }),
    run(1_000),
  );
});

test('the phrase of one name matches another name exactly if the reverse is true', () => {
  fc.assert(
    fc.property(anyText(), anyText(), (one, other) => {
      const [first, second] = [confirmationPhrase(shownName(one)), confirmationPhrase(shownName(other))];
      expect(matchesPhrase(shownName(one), second)).toBe(matchesPhrase(shownName(other), first));
    }),
    run(1_000),
  );
});

test('a phrase matches as typed by phones and word processors', () => {
  const word = fc.stringMatching(/^[a-zé]{1,8}$/);
  const variants = [
    ["'", '‘'],
    ["'", '’'],
    ['"', '“'],
    ['"', '”'],
    ['-', '–'],
    ['--', '—'],
    [' ', '  '],
    [' ', '\u00a0'],
    [' ', '\t\n'],
  ] as const;
  fc.assert(
    fc.property(word, word, fc.constantFrom(...variants), (left, right, [plain, typed]) => {
      const name = `${left}${plain}${right}`;
      const variant = `${left}${typed}${right}`;
      expect(matchesPhrase(shownName(name), variant)).toBe(true);
      expect(matchesPhrase(shownName(variant), name)).toBe(true);
      expect(matchesPhrase(shownName(name), variant.normalize('NFD'))).toBe(true);
      expect(matchesPhrase(shownName(name), `${left}${right}`)).toBe(false);
    }),
    run(1_000),
  );
});
