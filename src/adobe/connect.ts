import type { AccountReader, ConsoleReader } from '../credentials/adobe-reader.ts';
import type { Clock } from '../lib/clock.ts';
import type { MigrationMethods } from '../migrations/method.ts';
import type { JobReader } from '../usage/ports.ts';
import { QueryServiceAccounts } from './accounts.ts';
import { ConsolePaths, DeveloperConsole } from './console.ts';
import { DeveloperConsoleMigration } from './developer-console.ts';
import { AdobeHttp, type OnCall } from './http.ts';
import { ImsTokens } from './ims.ts';
import { type PauseStore, Pauses } from './pauses.ts';
import { QueryServiceJobs } from './queries.ts';
import { QueryServiceMigration } from './query-service.ts';

/** The app's own OAuth Server-to-Server credential, and Adobe's hosts. */
export interface AdobeSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `…@AdobeOrg`. */
  readonly orgId: string;
  readonly scopes: readonly string[];
  /** The three URLs have no trailing slash. */
  readonly imsUrl: string;
  readonly platformUrl: string;
  readonly consoleUrl: string;
}

/** Connects the use cases' ports to Adobe, with one access token for all hosts. */
export function connectAdobe(
  adobe: AdobeSettings,
  migration: { readonly path: string; readonly timeoutMs: number },
  { clock, onCall, pauses: store }: { clock: Clock; onCall: OnCall; pauses: PauseStore },
): { accounts: AccountReader; console: ConsoleReader; jobs: JobReader; methods: MigrationMethods } {
  const { clientId, clientSecret, orgId, scopes, imsUrl } = adobe;
  const pausesOf = (url: string) => new Pauses(clock, { host: new URL(url).host, store });
  const tokens = new ImsTokens({ imsUrl, clientId, clientSecret, scopes, clock, pauses: pausesOf(imsUrl), onCall });
  const hostAt = (baseUrl: string) => ({ baseUrl, clientId, tokens, pauses: pausesOf(baseUrl), onCall });
  const platform = new AdobeHttp({ ...hostAt(adobe.platformUrl), orgId });
  const console = new AdobeHttp(hostAt(adobe.consoleUrl));
  const paths = new ConsolePaths(console, orgId);
  const { path, timeoutMs } = migration;
  return {
    accounts: new QueryServiceAccounts(platform),
    console: new DeveloperConsole(console, paths),
    jobs: new QueryServiceJobs(platform),
    methods: {
      'query-service': new QueryServiceMigration({ platform, tokens, path, timeoutMs }),
      'developer-console': new DeveloperConsoleMigration({ http: console, paths, tokens, timeoutMs }),
    },
  };
}
