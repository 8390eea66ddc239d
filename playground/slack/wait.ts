import { clearTimeout, setTimeout } from 'node:timers';
import type { State } from './state.ts';

export interface WaitOptions {
  /** Milliseconds; default 180 000, since only what hangs should end. */
  readonly timeoutMs?: number;
  /** What is awaited, for the error message. */
  readonly what?: string;
}

/** Resolves with the predicate's first truthy result, evaluated at every change. @throws {Error} after `timeoutMs` */
export function waitFor<T>(
  state: State,
  predicate: () => T | undefined | null | false,
  { timeoutMs = 180_000, what = 'the condition' }: WaitOptions,
  describeWorkspace: () => string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      state.off('change', check);
    };
    const check = (): void => {
      try {
        const found = predicate();
        if (found === undefined || found === null || found === false) return;
        stop();
        resolve(found);
      } catch (error) {
        stop();
        reject(error);
      }
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`timed out after ${timeoutMs} ms waiting for ${what}\n${describeWorkspace()}`));
    }, timeoutMs);
    state.on('change', check);
    check();
  });
}
