import { AdobeError } from '../credentials/adobe-error.ts';
import type { ConsoleReader } from '../credentials/adobe-reader.ts';
import type { MigrationMethods } from './method.ts';
import type { DryRunResult, Migration } from './migration.ts';
import { readStatus } from './read-status.ts';
import { planOf } from './steps.ts';

export interface DryRunParts {
  readonly console: Pick<ConsoleReader, 'migrationStatus'>;
  readonly methods: MigrationMethods;
}

/** Does for a dry run what is done right before a start: reads Adobe's state and builds the call. Changes nothing. */
export async function performDryRun({ console, methods }: DryRunParts, request: Migration): Promise<DryRunResult> {
  const { method, step, technicalAccountId, consoleId, shown } = request;
  const reading = await readStatus(console, consoleId);
  const status = 'status' in reading ? reading.status : null;
  const readProblem = 'problem' in reading ? reading.problem : null;
  const found = { status, wouldStart: status === planOf(request).from };
  if (method === 'hand-off') return { ...found, call: null, problem: readProblem };
  try {
    const target = { technicalAccountId, consoleId, sandbox: shown.sandboxes[0] ?? '', step };
    return { ...found, call: await methods[method].describe(target), problem: readProblem };
  } catch (error) {
    if (error instanceof AdobeError) return { ...found, call: null, problem: error.problem };
    throw error;
  }
}
