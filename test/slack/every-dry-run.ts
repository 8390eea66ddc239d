import type { DryRunResult, Migration } from '../../src/migrations/migration.ts';
import { closedQuestion, questionMessage } from '../../src/slack/messages/question.ts';
import { confirmed, credential, migration, type Outside, problems } from './samples.ts';

/** Every question about a dry run, and every end of one. */
export function everyDryRun(outside: Outside) {
  const asked = migration(outside, { isDryRun: true });
  const call = { method: 'POST', path: `/${outside.text}` } as const;
  const found: DryRunResult[] = [
    { call, problem: null, status: 'not_started', wouldStart: true },
    { call: null, problem: null, status: 'not_started', wouldStart: true },
    { call, problem: null, status: 'completed', wouldStart: false },
    ...problems(outside).flatMap((problem) => [
      { call, problem, status: null, wouldStart: false },
      { call: null, problem, status: 'not_started' as const, wouldStart: true },
    ]),
  ];
  const ended = (result: DryRunResult): Migration =>
    confirmed(outside, { isDryRun: true, state: 'dry_run', reason: { code: 'dry_run', ...result } });
  return {
    questions: [asked, { ...asked, method: 'hand-off' as const }].map((each) =>
      questionMessage(each, credential(outside), null),
    ),
    ends: found.map((each) => closedQuestion(ended(each))),
  };
}
