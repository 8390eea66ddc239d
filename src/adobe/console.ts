import { AdobeError } from '../credentials/adobe-error.ts';
import type { ConsoleReader, Listing, UnreadItem } from '../credentials/adobe-reader.ts';
import type { AdobeStatus } from '../credentials/credential.ts';
import type { ConsolePaths } from './console-paths.ts';
import type { AdobeHttp } from './http.ts';
import { Integration, IntegrationsPage, listingOf, MigrationStatus } from './schema.ts';

/** The Console's maximum page size. */
const PAGE_SIZE = 50;
const MAX_PAGES = 1000;

/** Reads the Developer Console. Source: Adobe's Console API specification. */
export class DeveloperConsole implements ConsoleReader {
  readonly #http: AdobeHttp;
  readonly #paths: ConsolePaths;

  constructor(http: AdobeHttp, paths: ConsolePaths) {
    this.#http = http;
    this.#paths = paths;
  }

  async integrationIds(): Promise<Listing<string>> {
    const operation = 'list the integrations';
    const base = `${await this.#paths.organization()}/integrations`;
    const ids = new Set<string>();
    const unread: UnreadItem[] = [];
    for (let page = 0, seen = 0; page < MAX_PAGES; page++) {
      const path = `${base}?page=${page}&size=${PAGE_SIZE}`;
      const { content, pages, total } = await this.#http.get({ operation, path, schema: IntegrationsPage });
      for (const { id } of content.items) ids.add(id);
      for (const { name, detail } of content.unreadable) {
        unread.push({ what: 'integration', name, problem: { kind: 'bad_answer', operation, detail } });
      }
      const length = content.items.length + content.unreadable.length;
      seen += length;
      if (length === 0 || isLast({ page, pages, seen, total, length })) return listingOf(operation, [...ids], unread);
    }
    throw new AdobeError('bad_answer', operation, { detail: `still more after ${MAX_PAGES} pages` });
  }

  async technicalAccountIdOf(integrationId: string): Promise<string | null> {
    const path = `${await this.#paths.organization()}/integrations/${encodeURIComponent(integrationId)}`;
    return this.#http.get({ operation: 'read an integration', path, schema: Integration });
  }

  async migrationStatus(integrationId: string): Promise<Exclude<AdobeStatus, 'unknown'>> {
    const path = `${await this.#paths.credential(integrationId)}/status`;
    return this.#http.get({ operation: 'read a migration status', path, schema: MigrationStatus });
  }
}

interface Progress {
  readonly page: number;
  readonly pages: number | null | undefined;
  readonly seen: number;
  readonly total: number | null | undefined;
  readonly length: number;
}

/** The Console's own count decides; without one, the first page that is not full is the last. */
function isLast({ page, pages, seen, total, length }: Progress): boolean {
  if (typeof pages === 'number') return page + 1 >= pages;
  if (typeof total === 'number') return seen >= total;
  return length < PAGE_SIZE;
}
