import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // With a configuration of their own: `npm run test:e2e`, where there is a Chromium.
    exclude: ['test/e2e/**'],
    // Every test file starts its own servers on free ports; two cores gain nothing from more workers.
    maxWorkers: 2,
    testTimeout: 20_000,
    mockReset: true,
  },
});
