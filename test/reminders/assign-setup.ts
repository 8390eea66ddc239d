import type { Migrator } from '../../src/access/access.ts';
import type { AssignTarget } from '../../src/reminders/assignment.ts';
import { type OfferInForm, offerInForm } from '../../src/reminders/offer.ts';
import { type Instance, of, startWith } from './setup.ts';

export const LEFT = { owner: 'left@example.com' } as const;

/** The audit trail, oldest first. */
export async function story({ audit }: Pick<Instance, 'audit'>): Promise<string[]> {
  const { rows } = await audit.history(null, 0, 100);
  return rows.map(({ actor, action, detail }) => [actor, action, detail?.to].filter(Boolean).join(' ')).reverse();
}

/** Two credentials of an owner who cannot be reached, one without an owner, and one whose owner can be reached. */
export async function start() {
  const credentials = [of('left@example.com', 1), of('Left@Example.com', 2), of(null, 3), of('a@example.com', 4)];
  const started = await startWith(credentials);
  started.slack.unreachable.set('left@example.com', 'unknown');
  for (const id of ['U1', 'U2']) started.people.add(id);
  return started;
}

/** What a migrator was shown, as a form carries it. */
export async function shown(
  { assignments }: Pick<Instance, 'assignments'>,
  target: AssignTarget,
  room = 3_000,
): Promise<OfferInForm> {
  return offerInForm(await assignments.offer(target), room);
}

/** Shows the form and assigns at once. */
export async function assign(now: Pick<Instance, 'assignments'>, by: Migrator, target: AssignTarget, userId: string) {
  return now.assignments.assign(by, await shown(now, target), userId);
}

export async function noticesOf({ db }: { db: Awaited<ReturnType<typeof startWith>>['db'] }) {
  const rows = await db.selectFrom('notices').select(['address', 'content']).orderBy('created_at').execute();
  return rows.map(({ address, content }) => [address, JSON.parse(content)]);
}
