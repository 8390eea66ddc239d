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
    // Generous for loaded machines: a missing element fails after 30 s by the visitor's own timeout.
    testTimeout: 300_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
