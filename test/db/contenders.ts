import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll } from 'vitest';
import type { DatabaseSettings } from '../../src/db/database.ts';
import type { RaceResult, Task } from './contender.ts';

/** Processes with their own connections, like instances of the app. */
export const PROCESSES = 4;

interface Contenders {
  /**
   * Gives the same task to all processes, starts them at the same moment and returns the results of all calls of each.
   */
  contend(settings: DatabaseSettings, task: Task): Promise<RaceResult[]>;
}

/** Processes for all tests of a suite. */
export function useContenders(): Contenders {
  let processes: ChildProcess[] = [];
  beforeAll(async () => {
    processes = Array.from({ length: PROCESSES }, () =>
      fork(new URL('./contender.ts', import.meta.url), { execArgv: [] }),
    );
    await toEach(processes, null);
    // Starting Node processes takes long on a busy machine.
  }, 180_000);
  afterAll(() => {
    for (const process of processes) process.kill();
  });
  return {
    contend: async (settings, task) => {
      await toEach(processes, { settings, task });
      return (await toEach(processes, 'go')).flat() as RaceResult[];
    },
  };
}

/** Sends a message, if any, to each process and waits for the reply of each. */
async function toEach(processes: readonly ChildProcess[], message: object | string | null): Promise<unknown[]> {
  return Promise.all(
    processes.map(async (process) => {
      const done = new AbortController();
      const ended = once(process, 'exit', { signal: done.signal }).then(([code]) => {
        // The process has printed the reason on stderr.
        throw new Error(`a contender ended with ${code}`);
      });
      const result = once(process, 'message', { signal: done.signal });
      if (message !== null) process.send(message);
      try {
        const [received] = await Promise.race([result, ended]);
        return received;
      } finally {
        done.abort();
      }
    }),
  );
}
