/**
 * The bot as production starts it (`src/main.ts`), on a clock that the playground moves. By its parent's messages:
 * `{ aheadMs }` comes, `{ aheadMs }` goes back when the jobs that were due on the way are done.
 */
import { run } from '../../src/run.ts';
import { ShiftedTime } from './shifted-time.ts';

const time = new ShiftedTime(Number(process.argv[2]));

process.on('message', async ({ aheadMs }: { aheadMs: number }) => {
  await time.shiftTo(aheadMs);
  process.send?.({ aheadMs });
});
// Whoever moved the clock is gone.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

await run(process.env, time);
