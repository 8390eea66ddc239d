import type { AuditDetail } from '../audit/audit-entry.ts';
import type { MethodName, Step } from './steps.ts';

/** Further conditions of a move. */
export interface Only {
  /** This time must be after that one. */
  readonly later?: readonly ['expires_at' | 'decided_at', Date];
  readonly method?: MethodName;
  readonly isDryRun?: boolean;
}

/** What an audit row says besides: nothing where a real start is meant. */
export function withKind(detail: AuditDetail | null, step: Step, isDryRun: boolean): AuditDetail | null {
  if (step === 'start' && !isDryRun) return detail;
  return { ...detail, ...(step !== 'start' && { step }), ...(isDryRun && { isDryRun }) };
}
