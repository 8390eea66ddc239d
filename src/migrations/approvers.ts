import type { Access } from '../access/access.ts';
import type { Logger } from '../lib/logger.ts';
import type { MigratorDirectory } from './ports.ts';

export interface ApproverParts {
  readonly access: Pick<Access, 'mayBeAdmitted'>;
  readonly directory: MigratorDirectory;
  readonly logger: Logger;
}

/** The most migrators looked at for one who could be the second person; so many at once, and named. */
const MAX_LOOKED_AT = 10;
const MAX_NAMED = 3;

/**
 * The ids of some who could confirm what this person asks. Empty while Slack does not say: the question then expires if no
 * one can. Null: no one can.
 */
export async function findApprovers(
  askedBy: string,
  { access, directory, logger }: ApproverParts,
): Promise<readonly string[] | null> {
  try {
    const ids = await directory.migratorIds(MAX_LOOKED_AT, { isWhole: true });
    const others = ids.filter((id) => id !== askedBy);
    for (let from = 0; from < others.length; from += MAX_NAMED) {
      const candidates = others.slice(from, from + MAX_NAMED);
      const areAdmitted = await Promise.all(candidates.map((id) => access.mayBeAdmitted(id)));
      if (areAdmitted.includes(true)) return candidates.filter((_, i) => areAdmitted[i]);
    }
    // There may be more.
    return ids.length === MAX_LOOKED_AT ? [] : null;
  } catch (err) {
    logger.warn({ err }, 'could not find out whether a second person may confirm');
    return [];
  }
}
