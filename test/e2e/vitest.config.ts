import { defineConfig } from 'vitest/config';
import { findChromium, NO_CHROMIUM } from './browser.ts';

if (findChromium() === null) {
  process.stdout.write(`${NO_CHROMIUM}\n`);
  process.exit(0);
}

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    // Each file runs three busy processes: Chromium, the playground and the bot.
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
