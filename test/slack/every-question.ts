import type { Migration } from '../../src/migrations/migration.ts';
import type { MethodStep } from '../../src/migrations/steps.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { questionMessage, unseenMessage } from '../../src/slack/messages/question.ts';
import { type ImpactChange, impactOf } from '../../src/usage/impact.ts';
import { credential, migration, NOW, type Outside, usages } from './samples.ts';

/** Every question: with and without a second person, in production and elsewhere, whatever depends on it, each way. */
export function everyQuestion(outside: Outside, methodSteps: readonly MethodStep[]): Message[] {
  const asked = migration(outside);
  const requests = [
    asked,
    migration({ ...outside, sandboxes: ['dev'] }),
    maybeInProduction(outside),
    { ...asked, shown: { ...asked.shown, ownerId: outside.user } },
    ...usages(outside).map((usage) => ({ ...asked, impact: impactOf({ sandboxes: outside.sandboxes, usage }, NOW) })),
    ...methodSteps.map((methodStep) => ({ ...asked, ...methodStep })),
    { ...asked, method: 'hand-off' as const },
  ];
  return requests.flatMap((request) =>
    [null, [], ['U0ADMIN002', 'S0MIGRATOR']].map((approvers) =>
      questionMessage(request, credential(outside), approvers),
    ),
  );
}

/** A request for a credential that may be in production: those sandboxes could not be read. */
export function maybeInProduction(outside: Outside): Migration {
  const asked = migration({ ...outside, sandboxes: ['dev'] });
  return { ...asked, shown: { ...asked.shown, unreadProduction: outside.sandboxes } };
}

/** Every change that makes what was shown untrue. */
export function everyImpactChange({ text: name }: Outside): ImpactChange[] {
  return [
    ...(['schedule_added', 'schedule_removed'] as const).map((kind) => ({ kind, name })),
    ...(['in_use', 'production'] as const).map((kind) => ({ kind })),
  ];
}

/** Every reply to a press on a question that had become outdated. */
export function everyUnseen(outside: Outside): Message[] {
  return everyImpactChange(outside).map((change) => unseenMessage(migration(outside), change));
}
