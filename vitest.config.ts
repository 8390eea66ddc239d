import { defineConfig } from 'vitest/config';

/** The whole bot in this process, real sockets, properties, the playground; thousands of rows, hours of a loop. */
const APP = [
  'test/{app,contract,doctor,reminders-app,playground,properties}/**/*.test.ts',
  'test/**/*-long.test.ts',
  'test/{adobe/proxy,migrations/methods,reminders/rate-limits,repository/release,slack/socket}.test.ts',
];
/** Processes that race or are killed, a crash at every call, hundreds of simulated worlds. */
const RESILIENCE = [
  'test/{process,simulation,chaos}/**/*.test.ts',
  'test/**/*crash.test.ts',
  'test/**/process-*.test.ts',
  'test/db/races.test.ts',
];
/** Has a configuration of its own, since it needs Chromium: `npm run test:e2e`. */
const BROWSER = ['test/e2e/**'];

/** What all projects share. The times only end what hangs: a busy machine takes twenty times as long as an idle one. */
const common = { testTimeout: 900_000, hookTimeout: 900_000, mockReset: true, expect: { poll: { timeout: 180_000 } } };

export default defineConfig({
  test: {
    // Every test file starts its own servers on free ports. Twice as many workers as cores, since many tests wait.
    maxWorkers: 4,
    // The first waits most: what needs the processor fills its waits.
    projects: [
      { test: { ...common, name: 'resilience', include: RESILIENCE, isolate: false } },
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...APP, ...RESILIENCE, ...BROWSER],
          // A worker per file would cost more than the tests themselves.
          isolate: false,
        },
      },
      { test: { ...common, name: 'app', include: APP, exclude: RESILIENCE, isolate: false } },
    ],
  },
});
