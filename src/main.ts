import { schedule } from './jobs/cron.ts';
import { run } from './run.ts';

await run(process.env, { clock: { now: () => new Date() }, schedule });
