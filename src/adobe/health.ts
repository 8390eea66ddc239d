import { documentedError, logWords } from '../credentials/adobe-codes.ts';
import { type AdobeErrorKind, isTransient } from '../credentials/adobe-error.ts';
import { type Clock, utcWords } from '../lib/clock.ts';
import { connectionFix } from '../lib/connection-fault.ts';
import type { Logger } from '../lib/logger.ts';
import { CONSOLE_CHANGES } from './developer-console.ts';
import type { AdobeCall } from './http.ts';
import { START } from './query-service.ts';

/** How long Adobe has to fail before it is reported. Milliseconds. */
const OUTAGE_MS = 60_000;
const ADDRESSES = 'ADOBE_IMS_URL, ADOBE_PLATFORM_URL, ADOBE_CONSOLE_URL';

/** Errors that no single item can cause. */
const APP_ERRORS: ReadonlySet<AdobeErrorKind> = new Set(['token_refused', 'no_such_organisation']);

/** Calls that each belong to one person's migration. */
const CHANGES: ReadonlySet<string> = new Set([START, ...CONSOLE_CHANGES]);

interface Failure {
  readonly kind: AdobeErrorKind;
  /** Whether the next call, which is about another item, may succeed. */
  readonly mayPass: boolean;
  readonly code: string | undefined;
  readonly since: Date;
}

/** What Adobe's responses say about the settings and about Adobe itself, from the last calls of each operation. */
export class AdobeHealth {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #failures = new Map<string, Failure>();
  /** When each operation last worked. */
  readonly #workedAt = new Map<string, Date>();
  #loggedDetail: string | undefined;

  constructor({ clock, logger }: { clock: Clock; logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  note({ operation, outcome, code }: AdobeCall): void {
    if (outcome === 'ok') {
      this.#workedAt.set(operation, this.#clock.now());
      this.#failures.delete(operation);
    } else {
      this.#noteFailure(operation, outcome, code);
    }
    const { detail } = this.state();
    if (detail === this.#loggedDetail) return;
    // Other operations that failed in the outage are tried again soon: its end is logged once.
    if (outcome === 'ok' && detail !== undefined) return;
    this.#loggedDetail = detail;
    if (detail === undefined) this.#logger.info({}, 'Adobe is well again');
    else this.#logger.warn({}, detail);
  }

  #noteFailure(operation: string, kind: AdobeErrorKind, code: string | undefined): void {
    // The response to a change is reported in that migration's message, and the next change may be days away.
    if (CHANGES.has(operation)) return;
    const now = this.#clock.now();
    const workedAt = this.#workedAt.get(operation);
    const hasWorked = workedAt !== undefined;
    if (hasWorked && isAboutOneItem(kind, workedAt, now)) return;
    const since = this.#failures.get(operation)?.since ?? now;
    const isSettingWrong = !hasWorked && connectionFix(code ?? '', '') !== null;
    const mayPass = !isSettingWrong && (isTransient(kind) || (hasWorked && !APP_ERRORS.has(kind)));
    this.#failures.set(operation, { kind, code, since, mayPass });
  }

  /** Always ready: another instance would have the same problem, and what is known is still shown. */
  state(): { readonly ok: true; readonly detail?: string } {
    const now = this.#clock.now().getTime();
    for (const [operation, failure] of this.#failures) {
      if (failure.mayPass && now - failure.since.getTime() < OUTAGE_MS) continue;
      return { ok: true, detail: wordsFor(operation, failure) };
    }
    return { ok: true };
  }
}

/** Whether only this item is refused, since another one was read a moment ago: then the sync reports it by name. */
function isAboutOneItem(kind: AdobeErrorKind, workedAt: Date, now: Date): boolean {
  return !isTransient(kind) && !APP_ERRORS.has(kind) && now.getTime() - workedAt.getTime() < OUTAGE_MS;
}

function wordsFor(operation: string, { kind, code, since }: Failure): string {
  const fix = connectionFix(code ?? '', ADDRESSES);
  const known = documentedError({ code });
  const why = known === null || code === undefined ? null : logWords(code, known);
  switch (kind) {
    case 'token_refused':
      if (why !== null) return `Adobe refuses the app's own credential: ${why}`;
      return "Adobe refuses the app's own credential: check ADOBE_CLIENT_ID, ADOBE_CLIENT_SECRET and ADOBE_SCOPES";
    case 'no_such_organisation':
      return 'the Developer Console does not show the organisation to the app: check ADOBE_ORG_ID';
    case 'not_allowed':
      if (why !== null) return `Adobe does not let the app ${operation}: ${why}`;
      return `Adobe does not let the app ${operation}: check ADOBE_ORG_ID, and the rights and scopes of its credential`;
    case 'no_such_path':
      return `Adobe serves nothing where the app tries to ${operation}: check ${ADDRESSES}`;
    default: {
      const cause = fix === null ? kind.replaceAll('_', ' ') : `${code}, ${fix}`;
      return `Adobe has failed to ${operation} since ${utcWords(since)}: ${cause}`;
    }
  }
}
