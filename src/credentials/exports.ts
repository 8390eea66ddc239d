import type { Member } from '../access/access.ts';
import type { AuditTrail } from '../audit/audit-entry.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { ReminderStore } from '../reminders/ports.ts';
import type { ListedCredential } from './credential.ts';
import type { CredentialStore } from './ports.ts';

/** The list of credentials as a file. */
export interface ExportFile {
  readonly content: Blob;
  readonly at: Date;
  /** Number of credentials in it. */
  readonly count: number;
  /** Whether credentials are missing because the file would be too large. */
  readonly isCut: boolean;
}

/** The outcome of sending a file to a person. */
export type ExportOutcome =
  | { readonly kind: 'sent' }
  /** The person's previous file has not arrived yet. */
  | { readonly kind: 'under_way' }
  /** An operator has to allow the app to send files. */
  | { readonly kind: 'missing_scope' }
  /** `why`: Slack's code, or what happened to the connection, in one word. */
  | { readonly kind: 'not_taken'; readonly why: string }
  /** Slack's last response was lost: the file may be there. */
  | { readonly kind: 'unclear' };

/** Writes the file and sends it. */
export interface ExportMessages {
  /** The line with the names of the columns. */
  exportHeader(): string;
  /** A line for each credential. `people`: Slack user ids by the owner's email in lower case. */
  exportLines(credentials: readonly ListedCredential[], people: ReadonlyMap<string, string>, now: Date): string;
  /** By direct message. @throws {RateLimitedError} when Slack asks for a pause */
  sendExport(userId: string, file: ExportFile): Promise<ExportOutcome>;
}

interface Parts {
  readonly credentials: Pick<CredentialStore, 'after'>;
  readonly reminders: Pick<ReminderStore, 'userIdsByEmail'>;
  readonly audit: AuditTrail;
  readonly exportMessages: ExportMessages;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Rows in memory at a time. */
const PAGE = 1_000;
/** The largest file that a spreadsheet still opens. */
const MAX_BYTES = 50 * 1024 * 1024;

/** Sends all credentials to a person as a file. */
export class Exports {
  readonly #parts: Parts;
  /** Slack user ids: one file at a time for each person, since it may take much memory. */
  readonly #underWay = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws {RateLimitedError} when Slack asks for a pause */
  async send(to: Member): Promise<ExportOutcome> {
    if (this.#underWay.has(to.id)) return { kind: 'under_way' };
    this.#underWay.add(to.id);
    try {
      return await this.#send(to);
    } finally {
      this.#underWay.delete(to.id);
    }
  }

  async #send(to: Member): Promise<ExportOutcome> {
    const { audit, exportMessages, clock, logger } = this.#parts;
    const file = await this.#makeFile();
    await audit.record({
      at: clock.now(),
      actor: to.id,
      action: 'exported',
      technicalAccountId: null,
      migrationId: null,
      detail: { count: file.count },
    });
    const outcome = await exportMessages.sendExport(to.id, file);
    if (outcome.kind !== 'sent') logger.warn({ outcome }, 'an export was not sent');
    return outcome;
  }

  /** Reads page by page, so that only the text of the file is held in memory, and only once. */
  async #makeFile(): Promise<ExportFile> {
    const { credentials, reminders, exportMessages, clock } = this.#parts;
    const at = clock.now();
    const header = new Blob([exportMessages.exportHeader()]);
    const blobs = [header];
    let { size } = header;
    let count = 0;
    let last: ListedCredential | null = null;
    for (;;) {
      const rows: ListedCredential[] = await credentials.after(last, PAGE);
      const people = await reminders.userIdsByEmail(rows.flatMap(({ owner }) => owner ?? []));
      const lines = new Blob([exportMessages.exportLines(rows, people, at)]);
      const isCut = size + lines.size > MAX_BYTES;
      if (!isCut && rows.length > 0) {
        blobs.push(lines);
        size += lines.size;
        count += rows.length;
      }
      last = rows.at(-1) ?? null;
      if (isCut || rows.length < PAGE) return { content: new Blob(blobs, { type: 'text/csv' }), at, count, isCut };
    }
  }
}
