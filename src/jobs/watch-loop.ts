import type { JobWatch } from '../watch/job-watch.ts';
import { startTicks, type TickParts } from './ticks.ts';

/** How often to check whether a look is due. Milliseconds. */
const TICK_MS = 5_000;

export interface WatchLoop {
  stop(): Promise<void>;
}

/** After migrations, checks whether the credentials' jobs still work, until it is stopped. */
export function startWatchLoop({
  jobWatch,
  ...parts
}: TickParts & { readonly jobWatch: Pick<JobWatch, 'isOn' | 'look' | 'stop'> }): WatchLoop {
  const look = async () => {
    await jobWatch.look();
    return true;
  };
  const stopTicks = jobWatch.isOn ? startTicks(parts, 'watch', TICK_MS, look) : () => {};
  return {
    async stop() {
      stopTicks();
      await jobWatch.stop();
    },
  };
}
