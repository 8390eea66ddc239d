import type { Watches } from '../watch/watches.ts';
import { startTicks, type TickParts } from './ticks.ts';

/** How often it is checked whether a look is due. Milliseconds. */
const TICK_MS = 5_000;

type Watching = Pick<Watches, 'isOn' | 'look' | 'stop'>;

export interface WatchLoop {
  stop(): Promise<void>;
}

/** Looks after migrations whether what runs as the credentials still works, until it is stopped. */
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
