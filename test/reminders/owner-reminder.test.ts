import { expect, test } from 'vitest';
import { member } from '../support/people.ts';
import { of, startWith } from './setup.ts';

test('people to ask are looked up once an hour, and again at the next reminder if Slack gave no answer', async () => {
  const { reminders, people, clock } = await startWith([of('owner@example.com', 1)]);
  const answers: (readonly string[] | null)[] = [null, ['U0A'], ['U0B']];
  people.migratorIds = async () => {
    const ids = answers.shift() ?? null;
    if (ids === null) throw new Error('service_unavailable');
    return [...ids];
  };
  const named = async () => (await reminders.reminderFor(member('U0OWNER001'))).migrators;

  expect(await named()).toEqual([]);
  expect(await named()).toEqual(['U0A']);
  expect(await named()).toEqual(['U0A']);
  clock.advance(60 * 60);
  expect(await named()).toEqual(['U0B']);
});
