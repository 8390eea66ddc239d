import { startTicks, type TickParts } from './ticks.ts';

/** How often it is checked whether something has changed. Milliseconds. */
const TICK_MS = 5_000;

/** The Homes that people have open. */
export interface OpenHomes {
  /** Returns how many were redrawn. */
  redraw(): Promise<number>;
  stop(): void;
}

export interface HomeLoop {
  stop(): void;
}

/** Redraws the Homes that people have open when something has changed, until it is stopped. */
export function startHomeLoop({ homes, ...parts }: TickParts & { readonly homes: OpenHomes }): HomeLoop {
  // If nothing had to be redrawn, it is not known whether redrawing works.
  const stopTicks = startTicks(parts, 'home', TICK_MS, async () => (await homes.redraw()) > 0);
  return {
    stop() {
      stopTicks();
      homes.stop();
    },
  };
}
