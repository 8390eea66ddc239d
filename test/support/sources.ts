import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** Folders that are generated or hold files of others. */
const SKIPPED = new Set(['node_modules', '.git', 'data', 'dist', 'coverage']);

/** Every file of the repository below these folders or of these names, relative to its root. */
export function filesOf(...starts: string[]): string[] {
  return starts.flatMap((start) =>
    readdirSync(join(ROOT, start), { withFileTypes: true })
      .filter(({ name }) => !SKIPPED.has(name))
      .flatMap((entry) => {
        const path = posix.join(start, entry.name);
        return entry.isDirectory() ? filesOf(path) : [path];
      }),
  );
}

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Every TypeScript file of src. */
export const SOURCES: readonly string[] = filesOf('src').filter((file) => file.endsWith('.ts'));

/** The folders of src that hold what the product does; the others connect it to the outside. */
export const FEATURES: readonly string[] = [
  'credentials',
  'usage',
  'trend',
  'migrations',
  'watch',
  'holds',
  'notices',
  'owner-asks',
  'reminders',
  'access',
  'audit',
];

/** The folder below src a file is in, or the file's own name. */
export function partOf(path: string): string {
  return path.split('/')[1] ?? path;
}

export interface Import {
  /** The importing file. */
  readonly from: string;
  /** The imported file relative to the root, or the name of a package. */
  readonly to: string;
  readonly isOurs: boolean;
  /** Whether it is erased at run time. */
  readonly onlyTypes: boolean;
  /** What is imported besides types. */
  readonly values: readonly string[];
}

const IMPORT = /^(?:import|export)\s+(?:(type)\s+)?(?:([\w$\s{},*]+?)\s+from\s+)?'([^']+)';/gm;

/** What a file imports or re-exports, except by `import('…')`, which src does not use. */
export function importsOf(from: string): Import[] {
  return [...read(from).matchAll(IMPORT)].map(([, type, clause = '', target = '']) => {
    const names = clause
      .replace(/[{}]/g, '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    const isOurs = target.startsWith('.');
    return {
      from,
      to: isOurs ? posix.join(dirname(from), target) : target,
      isOurs,
      onlyTypes: type === 'type',
      values: type === 'type' ? [] : names,
    };
  });
}

/** Where a pattern occurs in these files: "src/a.ts:3: the line". */
export function linesWith(pattern: RegExp, files: readonly string[]): string[] {
  return files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
  );
}
