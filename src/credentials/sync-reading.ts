import type { Limit } from '../lib/parallel.ts';
import type { AdobeProblem } from './adobe-error.ts';
import type { AccountReader, UnreadItem } from './adobe-reader.ts';
import { ConsoleReading, type ConsoleReadingParts, type ListedIntegrations } from './console-reading.ts';
import type { Credential, KnownStatus } from './credential.ts';
import { Attempts, SyncCalls } from './sync-calls.ts';
import { readSandboxes } from './sync-sandboxes.ts';

/** An interrupted first sync continues with data that is no older than this. Milliseconds. */
const REMEMBERED_MS = 2 * 60 * 60 * 1000;

/** What could be read from Adobe, completed with what was known before. */
interface Reading {
  /** Null when no sandbox could be read: nothing changes. */
  readonly credentials: readonly Credential[] | null;
  readonly unread: readonly UnreadItem[];
  /** Why the sync failed: a list, or everything in it, was refused, or Adobe asks for a pause. */
  readonly problem: AdobeProblem | null;
}

interface Parts extends Omit<ConsoleReadingParts, 'calls'> {
  readonly accounts: AccountReader;
  readonly limit: Limit;
}

/**
 * One reading of everything from Adobe, a few calls at a time. An item that cannot be read fails neither its list nor
 * the sync.
 */
export class SyncReading {
  readonly #parts: Parts;
  readonly #calls: SyncCalls;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#calls = new SyncCalls(parts.limit);
  }

  async read(sandboxes: readonly string[]): Promise<Reading> {
    const parts = { ...this.#parts, calls: this.#calls };
    const [{ found, problem }, listed] = await Promise.all([readSandboxes(parts, sandboxes), this.#listIntegrations()]);
    const { unread } = this.#calls;
    if (found === null) return { credentials: null, unread, problem: this.#calls.stoppedBy ?? problem };
    const { store, isFirst, now } = this.#parts;
    const since = new Date(now().getTime() - REMEMBERED_MS);
    const [statesBefore, integrations, rememberedStatuses] = await Promise.all([
      store.adobeStates(),
      store.knownIntegrations(),
      isFirst ? store.rememberedStatuses(since) : new Map<string, KnownStatus>(),
    ]);
    const consoleReading = new ConsoleReading(parts, found, { statesBefore, integrations, rememberedStatuses });
    const credentials = await consoleReading.read(listed);
    const consoleProblem = listed.isCutShort ? listed.problem : consoleReading.problem;
    return { credentials, unread, problem: this.#calls.stoppedBy ?? problem ?? consoleProblem };
  }

  async #listIntegrations(): Promise<ListedIntegrations> {
    const { console } = this.#parts;
    const list = () => console.integrationIds(this.#calls.limit);
    const attempts = new Attempts();
    const result = await this.#calls.attempt(attempts, null, list);
    if ('problem' in result) return { ids: [], problem: result.problem, isCutShort: true };
    const { items, unread, cutShort } = result.value;
    this.#calls.unread.push(...unread);
    if (cutShort !== undefined) {
      this.#calls.noteFailure(attempts, null, cutShort.problem);
      return { ids: items, problem: cutShort.problem, isCutShort: true };
    }
    return { ids: items, problem: unread[0]?.problem ?? null, isCutShort: false };
  }
}
