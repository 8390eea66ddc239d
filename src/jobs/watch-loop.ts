import type { Watches } from '../watch/watches.ts';
import { startTicks, type TickParts } from './ticks.ts';

/** How often to check whether a look is due. Milliseconds. */
const TICK_MS = 5_000;

type Watching = Pick<Watches, 'isOn' | 'look' | 'stop'>;

export interface WatchLoop {
  stop(): Promise<void>;
}

/** After migrations, checks whether the credentials' jobs still work, until it is stopped. */
export function startWatchLoop({ watching, ...parts }: TickParts & { readonly watching: Watching }): WatchLoop {
  const look = async () => {
    await watching.look();
    return true;
  };
  const stopTicks = watching.isOn ? startTicks(parts, 'watch', TICK_MS, look) : () => {};
  return {
    async stop() {
      stopTicks();
      await watching.stop();
    },
  };
}
