import { ASKER, confirmedInTurn, type Process, type startWith } from '../migrations/setup.ts';

export const BY_HAND = { method: 'hand-off' } as const;
export const HOUR_SECONDS = 3_600;
/** Longer than the claim of a notice. */
export const LATER_SECONDS = 61;

export const TURN = `turn of credential 2 to ${ASKER.userId}`;
export const REMINDER = `reminder of credential 1 to ${ASKER.userId}`;

/** Confirmed hand-offs, the first of which waits for a person to press Migrate. */
export async function handedOver(numbers: readonly number[] = [1]) {
  const { queued, ...now } = await confirmedInTurn(numbers, BY_HAND);
  const tick = async (seconds = 5, process: Process = now) => {
    now.clock.advance(seconds);
    await process.runner.advance();
    await process.handOffs.remind();
    await process.notices.send();
  };
  await tick();
  const [first, second] = queued.map(({ id }) => id);
  return { ...now, first: first ?? '', second: second ?? '', tick, told: () => toldTo(now.messages.notified) };
}

/** Each notice as, for example, `turn of credential 2 to U0ADMIN001`. */
export function toldTo(notified: Awaited<ReturnType<typeof startWith>>['messages']['notified']): string[] {
  return notified.map(({ userId, content }) =>
    content.kind === 'press' ? `${content.why} of ${content.migration.shown.name} to ${userId}` : content.kind,
  );
}
