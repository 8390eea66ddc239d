/** `npm run docs`: writes the generated parts of the pages. A test fails while they are out of date. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, read } from '../../test/support/sources.ts';
import { generatedPages } from './generated.ts';

for (const { path, text } of generatedPages()) {
  if (existsSync(join(ROOT, path)) && read(path) === text) continue;
  writeFileSync(join(ROOT, path), text);
  process.stdout.write(`${path}\n`);
}
