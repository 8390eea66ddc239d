import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { arch, platform, release } from 'node:os';
import type { SettingSummary } from '../config/summary.ts';
import type { CheckResult } from './check.ts';
import type { DatabaseSummary } from './store.ts';

const ROOT = new URL('../../', import.meta.url);

interface Parts {
  readonly at: Date;
  readonly settings: Readonly<Record<string, SettingSummary>>;
  readonly results: readonly CheckResult[];
  /** Null if it could not be read. */
  readonly database: DatabaseSummary | null;
}

/** A report that may be shared: only the facts of each check, since its words contain names. */
export function bundleOf({ at, settings, results, database }: Parts): object {
  return {
    at: at.toISOString(),
    versions: versions(),
    settings,
    checks: results.map(({ id, ok, facts = {} }) => ({ id, ok, ...facts })),
    counts: database?.counts ?? null,
    lastErrors: database?.lastErrors ?? null,
  };
}

/** @throws {Error} in words if the file exists */
export function assertNew(file: string): void {
  if (existsSync(file)) throw new Error(`${file} exists already: name a new file.`);
}

/** Writes a file that only its owner can read until they share it. @throws {Error} in words if it cannot be written */
export async function writeBundle(file: string, bundle: object): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(bundle, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Error(`${file} could not be written (${code}): name a new file in a folder that exists.`);
  }
}

function versions(): object {
  const { version, dependencies } = readPackage('package.json') ?? {};
  const installed = Object.keys(dependencies ?? {}).map((name) => [
    name,
    readPackage(`node_modules/${name}/package.json`)?.version ?? null,
  ]);
  return {
    product: version ?? null,
    node: process.versions.node,
    os: `${platform()} ${release()} ${arch()}`,
    dependencies: Object.fromEntries(installed),
  };
}

function readPackage(path: string): { version?: string; dependencies?: Record<string, string> } | null {
  try {
    return JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'));
  } catch {
    return null;
  }
}
