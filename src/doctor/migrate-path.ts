import { z } from 'zod';
import type { AdobeHttp } from '../adobe/http.ts';
import { AdobeError, type AdobeProblem, isTransient } from '../credentials/adobe-error.ts';
import { adobeFault, problemFacts } from './faults.ts';
import { bad, good, type Outcome, open } from './outcome.ts';

/** An id that no account has. */
const NIL_ID = '0'.repeat(24);
const LITTLE = 'This proves little, since only the first migration shows whether it works';
const OTHERWISE =
  'Compare it with what your browser sends when you press Migrate in Adobe (network tab), or set MIGRATION_METHOD to a method that does not need it.';

interface Parts {
  readonly platform: AdobeHttp;
  /** `ADOBE_MIGRATE_PATH`. */
  readonly path: string;
  readonly sandbox: string;
}

/**
 * Reads the path of a start, with an id that no account has, and a path beside it that cannot exist; starts nothing.
 */
export async function migratePathOutcome({ platform, path, sandbox }: Parts): Promise<Outcome> {
  const real = path.replaceAll('{technicalAccountId}', NIL_ID);
  const response = await read(platform, real, sandbox);
  if (response === null) return good(`Adobe serves something there. ${LITTLE}`, { status: 200 });
  if (isTransient(response.kind)) return adobeFault(response);
  const beside = await read(platform, `${real.split('?', 1)[0]}-no-such-path`, sandbox);
  const isSame = response.status === beside?.status && response.code === beside?.code;
  return outcomeOf(response, isSame);
}

/** Adobe's error response; null: any 2xx. */
async function read(platform: AdobeHttp, path: string, sandbox: string): Promise<AdobeProblem | null> {
  try {
    await platform.get({ operation: 'look at the migrate path', path, sandbox, schema: z.unknown() });
    return null;
  } catch (error) {
    if (error instanceof AdobeError) return error.problem;
    throw error;
  }
}

/** `isSame`: Adobe responds in the same way to a path that does not exist. */
function outcomeOf(problem: AdobeProblem, isSame: boolean): Outcome {
  const facts = { ...problemFacts(problem), same: isSame };
  const numbers = [problem.status, problem.code].filter((part) => part !== undefined).join(' ');
  if (problem.status === 401 || problem.status === 403) {
    const what = isSame ? 'Adobe denies access before it looks at the path' : 'Adobe knows the path and denies access';
    const fix = `Give the app’s credential admin rights for Query Service. It may need a person's token instead: then set MIGRATION_METHOD to another method.`;
    return bad(`${what} (${numbers}). ${LITTLE}`, fix, facts);
  }
  if (!isSame) {
    const what =
      problem.status === 405
        ? 'Adobe knows the path and accepts no GET there (405), as expected'
        : `Adobe responds differently (${numbers || problem.kind}) than to a path that does not exist`;
    return good(`${what}. ${LITTLE}`, facts);
  }
  if (problem.status === 404) {
    const what = 'Adobe responds with 404, as to a path that does not exist; it may hide it from a GET';
    return bad(`${what}. ${LITTLE}`, OTHERWISE, facts);
  }
  return open(`Adobe responds the same way (${numbers || problem.kind}) to any path there. ${LITTLE}`, facts);
}
