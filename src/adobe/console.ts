import { AdobeError } from '../credentials/adobe-error.ts';
import type { ConsoleReader, Listing, UnreadDate, UnreadItem } from '../credentials/adobe-reader.ts';
import type { KnownStatus } from '../credentials/credential.ts';
import { inParallel, type Limit } from '../lib/parallel.ts';
import type { AdobeHttp } from './http.ts';
import { Bindings, Integration, IntegrationsPage, listingOf, MigrationStatus, Organizations } from './schema.ts';

/** Paths of the Console's API. It has its own organisation ids; only `code` is the id that Adobe shows to people. */
export class ConsolePaths {
  readonly #http: AdobeHttp;
  readonly #orgId: string;
  #organization: Promise<string> | undefined;

  /** @param orgId `ADOBE_ORG_ID`, `…@AdobeOrg` */
  constructor(http: AdobeHttp, orgId: string) {
    this.#http = http;
    this.#orgId = orgId;
  }

  /** The path of the organisation, whose id is looked up once; an error is not cached. @throws {AdobeError} */
  async organization(): Promise<string> {
    this.#organization ??= this.#findOrganization().catch((error: unknown) => {
      this.#organization = undefined;
      throw error;
    });
    return `/console/organizations/${encodeURIComponent(await this.#organization)}`;
  }

  /** The path of a credential, by the id of its integration. @throws {AdobeError} */
  async credential(integrationId: string): Promise<string> {
    return `${await this.organization()}/credentials/oauth-server-to-server/${encodeURIComponent(integrationId)}`;
  }

  async #findOrganization(): Promise<string> {
    const operation = 'find the organisation in the Developer Console';
    const isOurs = ({ code }: { code?: string | null | undefined }) =>
      code?.toLowerCase() === this.#orgId.toLowerCase();
    const organizations = await this.#http.get({
      operation,
      path: '/console/organizations',
      schema: Organizations,
      check({ items }) {
        if (items.some(isOurs)) return;
        throw new AdobeError('no_such_organisation', operation, { detail: `not among the ${items.length} it shows` });
      },
    });
    return organizations.items.find(isOurs)?.id ?? '';
  }
}

/** The Console's maximum page size. */
const PAGE_SIZE = 50;
const MAX_PAGES = 1000;
/** Pages that are read concurrently once their number is known. */
const PAGES_AT_ONCE = 5;

/** Reads the Developer Console. Source: Adobe's Console API specification. */
export class DeveloperConsole implements ConsoleReader {
  readonly #http: AdobeHttp;
  readonly #paths: ConsolePaths;

  constructor(http: AdobeHttp, paths: ConsolePaths) {
    this.#http = http;
    this.#paths = paths;
  }

  async integrationIds(limit: Limit = (call) => call()): Promise<Listing<string>> {
    const operation = 'list the integrations';
    const base = `${await limit(() => this.#paths.organization())}/integrations`;
    const pages: IntegrationsPage[] = [];
    let hasEnded = false;
    let cutShort: AdobeError | null = null;
    const readPage = async (number: number) => {
      if (hasEnded) return;
      const path = `${base}?page=${number}&size=${PAGE_SIZE}`;
      try {
        const page = await limit(() => this.#http.get({ operation, path, schema: IntegrationsPage }));
        pages[number] = page;
        if (lengthOf(page) === 0) hasEnded = true;
      } catch (error) {
        if (!(error instanceof AdobeError) || number === 0) throw error;
        hasEnded = true;
        cutShort ??= error;
      }
    };
    // The first page says how many more there are.
    let next = 0;
    let pagesLeft = 1;
    while (pagesLeft > 0 && !hasEnded) {
      if (next === MAX_PAGES) {
        cutShort = new AdobeError('bad_answer', operation, { detail: `still more after ${MAX_PAGES} pages` });
        break;
      }
      const end = Math.min(next + pagesLeft, MAX_PAGES);
      const numbers = Array.from({ length: end - next }, (_, i) => next + i);
      await inParallel(numbers, PAGES_AT_ONCE, readPage);
      next = end;
      pagesLeft = pagesAfter(pages);
    }
    const ids = new Set<string>();
    const unread: UnreadItem[] = [];
    // Pages after an empty one, or after one that failed, were not read.
    for (const { content } of pages.flatMap((page) => page ?? [])) {
      for (const { id } of content.items) ids.add(id);
      for (const { name, detail } of content.unreadable)
        unread.push({ what: 'integration', name, problem: { kind: 'bad_answer', operation, detail } });
    }
    return { ...listingOf(operation, [...ids], unread), ...(cutShort !== null && { cutShort }) };
  }

  async technicalAccountIdOf(integrationId: string): Promise<string | null> {
    const path = `${await this.#paths.organization()}/integrations/${encodeURIComponent(integrationId)}`;
    return this.#http.get({ operation: 'read an integration', path, schema: Integration });
  }

  async migrationStatus(integrationId: string): Promise<KnownStatus> {
    const path = `${await this.#paths.credential(integrationId)}/status`;
    return this.#http.get({ operation: 'read a migration status', path, schema: MigrationStatus });
  }

  async certificateUntil(integrationId: string): Promise<Date | null | UnreadDate> {
    const path = `${await this.#paths.organization()}/integrations/entp/${encodeURIComponent(integrationId)}/bindings`;
    // The last one to expire counts, since any of them authenticates. An app that may not read them goes without.
    const operation = 'read a certificate';
    return this.#http.get({ operation, path, schema: Bindings, ifRefused: null });
  }
}

function lengthOf({ content }: IntegrationsPage): number {
  return content.items.length + content.unreadable.length;
}

/**
 * How many more pages to read. The Console's own count decides; without one, a page that is not full, or has nothing
 * new, is the last.
 */
function pagesAfter(read: readonly IntegrationsPage[]): number {
  const last = read.at(-1);
  if (last === undefined) return 0;
  if (typeof last.pages === 'number') return last.pages - read.length;
  if (typeof last.total === 'number') {
    const seen = read.reduce((sum, page) => sum + lengthOf(page), 0);
    return Math.ceil((last.total - seen) / PAGE_SIZE);
  }
  const seen = new Set(read.slice(0, -1).flatMap(({ content }) => content.items.map(({ id }) => id)));
  const isNew = last.content.items.length === 0 || last.content.items.some(({ id }) => !seen.has(id));
  return lengthOf(last) < PAGE_SIZE || !isNew ? 0 : 1;
}
