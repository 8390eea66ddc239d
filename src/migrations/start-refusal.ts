import { documented, forOperators } from '../credentials/adobe-codes.ts';
import type { AdobeErrorKind, AdobeProblem } from '../credentials/adobe-error.ts';

/** A start that Adobe refused, as it will every other until a setting is changed; when it was confirmed. */
export interface StartRefusal {
  readonly problem: AdobeProblem;
  readonly confirmedAt: Date | null;
}

const NEVER_TAKEN: ReadonlySet<AdobeErrorKind> = new Set(['not_allowed', 'no_such_path']);

/** Whether Adobe takes no start of this app's at all. */
export function isNeverTaken({ kind }: AdobeProblem): boolean {
  return NEVER_TAKEN.has(kind);
}

/** What an operator is to set. */
export function startRefusalWords({ problem: { code }, confirmedAt }: StartRefusal): string {
  const known = documented({ code });
  const why = known === null || code === undefined ? null : forOperators(code, known);
  const when = confirmedAt?.toISOString().slice(0, 16).replace('T', ' ');
  const which = when === undefined ? '' : `, not the one confirmed ${when} UTC`;
  return `Adobe takes no start of a migration from the app${which}: ${why ?? 'set ADOBE_MIGRATE_PATH to the call that its page makes'}, or set MIGRATION_METHOD=hand-off`;
}
