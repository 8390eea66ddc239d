import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Printed where Chromium is missing. */
export const NO_CHROMIUM =
  'Chromium not found, so the browser tests are skipped. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.';

const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The path of Chromium or a browser based on it; null when none is found.
 * @throws {Error} when CHROMIUM names a missing file
 */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM'];
  if (named === undefined || named === '') return places().find((place) => existsSync(place)) ?? null;
  if (!existsSync(named)) throw new Error(`CHROMIUM is set to ${named}, which does not exist`);
  return named;
}

/** A headless Chromium with a temporary profile. @throws {Error} when none is found */
export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(NO_CHROMIUM);
  // Chromium's sandbox does not work as root, the user in most containers.
  return chromium.launch({ executablePath, args: ARGUMENTS, chromiumSandbox: process.getuid?.() !== 0 });
}

/** Paths in order of preference. */
function places(): string[] {
  switch (process.platform) {
    case 'darwin':
      return ['Chromium', 'Google Chrome', 'Microsoft Edge'].map((name) =>
        join('/Applications', `${name}.app`, 'Contents', 'MacOS', name),
      );
    case 'win32': {
      const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => process.env[name] ?? []);
      const files = ['Chromium/Application/chrome.exe', 'Google/Chrome/Application/chrome.exe'];
      files.push('Microsoft/Edge/Application/msedge.exe');
      return files.flatMap((file) => folders.map((folder) => join(folder, file)));
    }
    default: {
      const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
      const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin'];
      return names.flatMap((name) => folders.map((folder) => join(folder, name)));
    }
  }
}
