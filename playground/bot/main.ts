/**
 * The bot as `src/main.ts` starts it in production, on a clock that the playground moves: the parent process sends
 * `{ aheadMs }` and receives it back when the jobs that became due are done.
 */
import { run } from '../../src/run.ts';
import { ShiftedTime } from './shifted-time.ts';

const time = new ShiftedTime(Number(process.argv[2]));

process.on('message', async ({ aheadMs }: { aheadMs: number }) => {
  await time.shiftTo(aheadMs);
  process.send?.({ aheadMs });
});
// Without the playground no one moves the clock.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

await run(process.env, time);
