import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { PlaygroundProcess } from '../playground/playground-process.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from './browser.ts';
import { CONTEXT, Visitor } from './visitor.ts';

/** Takes the pictures of the README and docs/playground.md: listing, migrating and reminding in the playground. */

const FOLDER = join(import.meta.dirname, '../../docs/pictures');
const VIEWPORT = { width: 1280, height: 800 };

if (findChromium() === null) fail(NO_CHROMIUM);
if (!hasEmojiFont())
  fail(
    'No emoji font found: the pictures would show boxes. Install one (Debian: apt-get install fonts-noto-color-emoji).',
  );

mkdirSync(FOLDER, { recursive: true });
const playground = new PlaygroundProcess(['--port', '0']);
const browser = await launchChromium();
try {
  const address = await playground.address();
  const context = await browser.newContext({ ...CONTEXT, viewport: VIEWPORT });
  const visitor = new Visitor(await context.newPage());
  await visitor.page.goto(address);
  await visitor.message('28 days left').waitFor();
  await takeAll(visitor);
} finally {
  await browser.close();
  playground.signal('SIGTERM');
  await playground.ended;
}

async function takeAll(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  const panel = page.getByRole('button', { name: 'Panel' });
  await panel.click();
  await visitor.say('/qs-creds list');
  const list = visitor.message('of 19 credentials left');
  await list.getByRole('button', { name: 'Next' }).waitFor();
  await toTop(list);
  await take('list');

  await visitor.say('/qs-creds migrate bi-nightly');
  await visitor.message('Migrate bi-nightly?').getByRole('button', { name: 'Migrate…' }).click();
  const modal = page.getByRole('dialog', { name: 'Migrate in production' });
  await modal.getByLabel('Type the name to confirm').fill('bi-nightly');
  await take('question');

  await modal.getByRole('button', { name: 'Migrate' }).click();
  await panel.click();
  await visitor.tab('adobe');
  await visitor.message(/Migrating bi-nightly .* 1\d s of about 40 s/).waitFor();
  await take('progress');

  await visitor.message('Migrated: bi-nightly').waitFor({ timeout: 90_000 });
  await visitor.tab('time');
  await visitor.control('move next-reminder').click();
  await visitor.message('14 days left').getByRole('button', { name: 'Migrate next' }).scrollIntoViewIfNeeded();
  await page.locator('[data-window="14"][data-state="served"]').waitFor();
  await take('reminder');

  await panel.click();
  await visitor.openApp('Home');
  await page.getByRole('region', { name: 'Home' }).getByText('14 days left').waitFor();
  await take('home');

  /** Scrolls a message to the top of the conversation. */
  async function toTop(message: Locator): Promise<void> {
    const head = await page.getByRole('main').getByRole('heading', { level: 2 }).first().boundingBox();
    const from = await message.boundingBox();
    await page.getByRole('main').hover();
    await page.mouse.wheel(0, (from?.y ?? 0) - (head?.y ?? 0) - (head?.height ?? 0));
    // No element may show its hover style.
    await page.mouse.move(0, 0);
  }

  async function take(name: string): Promise<void> {
    const path = join(FOLDER, `${name}.png`);
    await page.screenshot({ path, animations: 'disabled' });
    process.stdout.write(`docs/pictures/${name}.png\n`);
  }
}

/** Systems other than Linux always have one. */
function hasEmojiFont(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return execFileSync('fc-list', [':lang=und-zsye', 'family'], { encoding: 'utf8' }).trim() !== '';
  } catch {
    return false;
  }
}

function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
