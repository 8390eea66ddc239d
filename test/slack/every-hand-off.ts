import type { Migration } from '../../src/migrations/migration.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { finishInAdobeMessage, notNowMessage, pressMessage } from '../../src/slack/messages/hand-off.ts';
import { withdrawMessage } from '../../src/slack/messages/withdraw.ts';
import { confirmed, ends, NOW, type Outside, problems } from './samples.ts';

export const PAGE = 'https://adobe.example/#/sname:a%20b';

/** A migration for which a person is to press Migrate in Adobe. */
export function handedOver(outside: Outside): Migration {
  return confirmed(outside, { method: 'hand-off', state: 'submitted', startedAt: NOW });
}

/** A migration whose start Adobe refused, so that it may be finished in Adobe. */
export function notTaken(outside: Outside): Migration {
  const [problem] = problems(outside);
  if (problem === undefined) throw new Error('There are no problems.');
  const reason = { code: 'refused', problem: { ...problem, kind: 'no_such_path', status: 404 } } as const;
  return confirmed(outside, { state: 'failed', startedAt: NOW, endedAt: NOW, reason });
}

/** Every message about a hand-off, by its builder. */
export function everyHandOff(outside: Outside): Record<string, readonly Message[]> {
  const migration = handedOver(outside);
  return {
    pressMessage: (['turn', 'reminder'] as const).flatMap((why) => [
      pressMessage({ kind: 'press', why, migration, url: PAGE }),
      pressMessage({ kind: 'press', why, migration: { ...migration, startedAt: null }, url: PAGE }),
    ]),
    withdrawMessage: [
      withdrawMessage({ kind: 'withdrawn', migration }),
      withdrawMessage({ kind: 'no_such_migration' }),
      ...[migration, ...ends(outside)].map((each) => withdrawMessage({ kind: 'too_late', migration: each })),
    ],
    notNowMessage: [
      notNowMessage({ kind: 'handed_back', migration }),
      notNowMessage({ kind: 'begun', migration }),
      ...problems(outside).map((problem) => notNowMessage({ kind: 'unread', migration, problem })),
      notNowMessage({ kind: 'no_such_migration' }),
      ...[migration, ...ends(outside)].map((each) => notNowMessage({ kind: 'not_waiting', migration: each })),
    ],
    finishInAdobeMessage: [
      ...(['continued', 'outdated', 'changed', 'not_possible'] as const).map((kind) =>
        finishInAdobeMessage({ kind, migration }),
      ),
      finishInAdobeMessage({ kind: 'no_such_migration' }),
    ],
  };
}
