import { schedule } from './jobs/cron.ts';
import { SystemTimer } from './lib/clock.ts';
import { run } from './run.ts';

await run(process.env, { timer: new SystemTimer(), schedule });
