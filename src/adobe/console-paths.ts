import { AdobeError } from '../credentials/adobe-error.ts';
import type { AdobeHttp } from './http.ts';
import { Organizations } from './schema.ts';

/** Paths of the Console's API. Its ids of organisations are its own; only `code` is the id that Adobe shows to people. */
export class ConsolePaths {
  readonly #http: AdobeHttp;
  readonly #orgId: string;
  #organization: Promise<string> | undefined;

  /** @param orgId `ADOBE_ORG_ID`, `…@AdobeOrg` */
  constructor(http: AdobeHttp, orgId: string) {
    this.#http = http;
    this.#orgId = orgId;
  }

  /** The organisation, which is looked up once; an error is not cached. @throws {AdobeError} */
  async organization(): Promise<string> {
    this.#organization ??= this.#find().catch((error: unknown) => {
      this.#organization = undefined;
      throw error;
    });
    return `/console/organizations/${encodeURIComponent(await this.#organization)}`;
  }

  /** A credential, by the id of its integration. @throws {AdobeError} */
  async credential(integrationId: string): Promise<string> {
    return `${await this.organization()}/credentials/oauth-server-to-server/${encodeURIComponent(integrationId)}`;
  }

  async #find(): Promise<string> {
    const operation = 'find the organisation in the Developer Console';
    const isOurs = ({ code }: { code?: string | null | undefined }) =>
      code?.toLowerCase() === this.#orgId.toLowerCase();
    const all = await this.#http.get({
      operation,
      path: '/console/organizations',
      schema: Organizations,
      judge({ items: shown }) {
        if (shown.some(isOurs)) return;
        throw new AdobeError('no_such_organisation', operation, { detail: `not among the ${shown.length} it shows` });
      },
    });
    return all.items.find(isOurs)?.id ?? '';
  }
}
