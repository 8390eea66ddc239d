import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Every test file starts its own servers on free ports; two cores gain nothing from more workers.
    maxWorkers: 2,
    testTimeout: 20_000,
    mockReset: true,
  },
});
