import { describe, expect, test } from 'vitest';
import { CHANNEL, migrate, of, put, run, startWith } from './setup.ts';

const UNFINISHED = { adobeStatus: 'started' } as const;

describe('a credential whose migration was begun in the Developer Console but not finished', () => {
  test('is included in reminders and the digest like an eligible one', async () => {
    const { rounds, slack } = await startWith([of('a@example.com', 1), of('b@example.com', 2, UNFINISHED)]);
    await rounds.check();
    expect(slack.to('owner').sort()).toEqual(['UA', 'UB']);
    expect(slack.reminded.flatMap(({ credentials }) => credentials.map(({ status }) => status))).toEqual([
      'unfinished',
      'eligible',
    ]);
    expect(slack.digests[0]?.groups.flatMap(({ credentials }) => credentials.map(({ name }) => name))).toEqual([
      'credential 2',
      'credential 1',
    ]);
  });

  test('is included in reminders in every window when only such credentials are left', async () => {
    const started = await startWith([of('a@example.com', 1), of('b@example.com', 2, UNFINISHED)]);
    const { world, slack, clock } = started;
    await run(started, world);
    await migrate(world, 1);
    slack.forget();
    for (const date of ['2025-06-27', '2025-07-01']) {
      clock.setDay(date);
      await run(started, world);
    }
    expect(slack.to('owner')).toEqual(['UB', 'UB']);
    expect(slack.to('digest')).toEqual([CHANNEL, CHANNEL]);
    expect(slack.to('all done')).toEqual([]);
  });

  test('is left out of its round once its migration was finished there', async () => {
    const started = await startWith([of('a@example.com', 1, UNFINISHED), of('b@example.com', 2, UNFINISHED)]);
    const { world, slack } = started;
    await migrate(world, 1);
    await run(started, world);
    expect(slack.to('owner')).toEqual(['UB']);
    await put(
      world,
      of('a@example.com', 1, { adobeStatus: 'completed' }),
      of('b@example.com', 2, { adobeStatus: 'completed' }),
    );
    await run(started, world);
    expect(slack.to('all done')).toEqual([CHANNEL]);
  });
});
