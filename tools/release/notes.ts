/** Prints the changelog's section about a version, which is the text of its release. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { sectionOf } from './changelog.ts';

const version = process.argv[2] ?? '';
const notes = sectionOf(readFileSync('CHANGELOG.md', 'utf8'), version);
if (notes === null) {
  process.stderr.write(`CHANGELOG.md has no version "${version}".\n`);
  process.exit(1);
}
process.stdout.write(`${notes}\n`);
