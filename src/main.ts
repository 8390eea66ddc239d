import { schedule } from './jobs/schedule.ts';
import { run } from './run.ts';

await run(process.env, { clock: { now: () => new Date() }, schedule });
