import type { AdobeStatus } from '../credentials/credential.ts';

/** How credentials are migrated: `MIGRATION_METHOD`. */
export type MethodName =
  | 'query-service'
  | 'developer-console'
  /** A person presses Migrate in Adobe: nothing is sent from here, Adobe's state is only read. */
  | 'hand-off';

/** The methods that send something. */
export type SendingMethod = Exclude<MethodName, 'hand-off'>;

/**
 * The step that a request asks for. With most methods, the start is the whole migration. With the Developer Console, it
 * adds an OAuth credential to the JWT one; a separate request finishes the migration, and another one cancels it.
 */
export type Step = 'start' | 'finish' | 'cancel';

/** Where a step leads at Adobe. */
export interface Plan {
  /** Only from this state it is sent. */
  readonly from: Extract<AdobeStatus, 'not_started' | 'started'>;
  /** This state of Adobe's ends it. */
  readonly to: Extract<AdobeStatus, 'not_started' | 'started' | 'completed'>;
  /** How it ends then. */
  readonly end: 'migrated' | 'bound' | 'undone';
}

const WHOLE: Plan = { from: 'not_started', to: 'completed', end: 'migrated' };

/** Source: Adobe's guide "Migrating from Service Account (JWT) credentials to OAuth Server-to-Server credentials". */
const IN_CONSOLE: Readonly<Record<Step, Plan>> = {
  start: { from: 'not_started', to: 'started', end: 'bound' },
  finish: { from: 'started', to: 'completed', end: 'migrated' },
  cancel: { from: 'started', to: 'not_started', end: 'undone' },
};

/** What a request does, by its method. */
export interface MethodStep {
  readonly method: MethodName;
  readonly step: Step;
}

/** Whether an Unfinished migration can be finished and undone from here. */
export function hasTwoSteps(method: MethodName): boolean {
  return method === 'developer-console';
}

/** Only by the Developer Console is there more than the start. */
export function planOf({ method, step }: MethodStep): Plan {
  return hasTwoSteps(method) ? IN_CONSOLE[step] : WHOLE;
}
