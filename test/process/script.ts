import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs what `npm run <script> -- …words` runs. */
export function runScript(
  script: keyof typeof manifest.scripts,
  env: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<Result> {
  const [node, ...args] = manifest.scripts[script].split(' ');
  expect(node).toBe('node');
  return new Promise((resolve) =>
    execFile(process.execPath, [...args, ...words], { cwd: ROOT, env: { ...env } }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
}
