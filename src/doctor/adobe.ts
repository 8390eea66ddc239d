import { z } from 'zod';
import { QueryServiceAccounts } from '../adobe/accounts.ts';
import { ConsolePaths, DeveloperConsole } from '../adobe/console.ts';
import { AdobeHttp } from '../adobe/http.ts';
import { ImsTokens } from '../adobe/ims.ts';
import { Pauses } from '../adobe/pauses.ts';
import type { Settings } from '../config/config.ts';
import { documentedError } from '../credentials/adobe-codes.ts';
import { AdobeError } from '../credentials/adobe-error.ts';
import type { UnreadItem } from '../credentials/adobe-reader.ts';
import type { Clock } from '../lib/clock.ts';
import { connectionFix } from '../lib/connection-fault.ts';
import type { Alive, Check, CheckRun } from './check.ts';
import { adobeFault } from './faults.ts';
import { joinOutcome, type KnownIntegrations } from './join.ts';
import { migratePathOutcome } from './migrate-path.ts';
import { good, type Outcome, open } from './outcome.ts';
import { capitalize } from './plain-text.ts';

const TOKEN_SETTINGS = ['ADOBE_CLIENT_ID', 'ADOBE_CLIENT_SECRET', 'ADOBE_SCOPES', 'ADOBE_IMS_URL'];
const PLATFORM_SETTINGS = ['ADOBE_PLATFORM_URL', 'ADOBE_ORG_ID', 'ADOBE_SANDBOXES'];
const CONSOLE_SETTINGS = ['ADOBE_CONSOLE_URL', 'ADOBE_ORG_ID'];
/** Short, since a person is waiting. Milliseconds. */
const RETRY_DELAYS = { first: 200, max: 1_000 };

const SANDBOX_FIX =
  'Check the spelling in ADOBE_SANDBOXES (Experience Platform › Sandboxes › Name), and that the product profile of the app’s credential includes this sandbox.';

/** Checks Adobe: the token, then each read that the product makes. `known`: integrations that a sync has read. */
export async function checkAdobe(
  run: CheckRun,
  { adobe, migration }: Settings,
  { clock, known }: { readonly clock: Clock; readonly known: KnownIntegrations },
): Promise<void> {
  const { clientId, clientSecret, orgId, scopes, imsUrl } = adobe;
  const urls = { ADOBE_IMS_URL: imsUrl, ADOBE_PLATFORM_URL: adobe.platformUrl, ADOBE_CONSOLE_URL: adobe.consoleUrl };
  let alive: Alive = () => {};
  const onCall = () => alive();
  const tokens = new ImsTokens({ imsUrl, clientId, clientSecret, scopes, clock, pauses: new Pauses(clock), onCall });
  const http = { clientId, tokens, onCall, retryDelays: RETRY_DELAYS };
  const platform = new AdobeHttp({ ...http, pauses: new Pauses(clock), baseUrl: adobe.platformUrl, orgId });
  const consoleHttp = new AdobeHttp({ ...http, pauses: new Pauses(clock), baseUrl: adobe.consoleUrl });
  const paths = new ConsolePaths(consoleHttp, orgId);
  const console = new DeveloperConsole(consoleHttp, paths);
  /** Runs a check in which every finished call is a sign of life. `address`: the setting with its host's address. */
  const check = (address: keyof typeof urls, what: Check, work: () => Promise<Outcome>) =>
    run.run({ ...what, host: { setting: address, url: urls[address] } }, async (sign) => {
      alive = sign;
      return work().catch((error: unknown) => addressFault(error, address));
    });

  await check('ADOBE_IMS_URL', { id: 'adobe-token', title: 'Token from Adobe', settings: TOKEN_SETTINGS }, async () => {
    await tokens.token();
    return good('Adobe accepts client, secret and scopes');
  });

  const needs = ['adobe-token'];
  /** Technical account id → name. */
  const accounts = new Map<string, string>();
  const inSeveral = new Set<string>();
  let readable: string | undefined;
  for (const [i, sandbox] of adobe.sandboxes.entries()) {
    const title = `Credentials of sandbox ${sandbox}`;
    await check(
      'ADOBE_PLATFORM_URL',
      { id: `accounts-${i + 1}`, title, needs, settings: PLATFORM_SETTINGS },
      async () => {
        try {
          const { items, unread, cutShort } = await new QueryServiceAccounts(platform).readAccounts(sandbox);
          if (cutShort !== undefined) throw cutShort;
          readable ??= sandbox;
          for (const { technicalAccountId: id, name } of items) {
            if (accounts.has(id)) inSeveral.add(id);
            accounts.set(id, name);
          }
          return countOutcome(`${items.length} non-expiring`, items.length, unread);
        } catch (error) {
          return sandboxFault(error);
        }
      },
    );
  }
  for (const [i, sandbox] of adobe.sandboxes.entries()) {
    const title = `Schedules and queries of sandbox ${sandbox}`;
    await check(
      'ADOBE_PLATFORM_URL',
      { id: `jobs-${i + 1}`, title, needs: [...needs, `accounts-${i + 1}`] },
      async () => {
        for (const what of ['schedules', 'queries']) {
          await platform.get({
            operation: `read the ${what} of sandbox ${sandbox}`,
            path: `/data/foundation/query/${what}?limit=1`,
            sandbox,
            schema: z.looseObject({}),
          });
        }
        return good('readable');
      },
    );
  }

  await check(
    'ADOBE_CONSOLE_URL',
    { id: 'console', title: 'Developer Console', needs, settings: CONSOLE_SETTINGS },
    async () => {
      await paths.organization();
      return good('it shows the organisation to the app');
    },
  );
  let ids: readonly string[] = [];
  await check(
    'ADOBE_CONSOLE_URL',
    { id: 'integrations', title: 'Integrations in the Developer Console', needs: ['console'] },
    async () => {
      const { items, unread, cutShort } = await console.integrationIds();
      ids = items;
      if (cutShort !== undefined) throw cutShort;
      return countOutcome(String(items.length), items.length, unread);
    },
  );
  await check('ADOBE_CONSOLE_URL', { id: 'join', title: 'Credentials found in both', needs: ['integrations'] }, () =>
    joinOutcome({ accounts, inSeveral: inSeveral.size, ids, known, console }),
  );
  await check(
    'ADOBE_PLATFORM_URL',
    { id: 'migrate-path', title: 'ADOBE_MIGRATE_PATH', needs, settings: [...PLATFORM_SETTINGS, 'ADOBE_MIGRATE_PATH'] },
    async () =>
      migration.method === 'query-service'
        ? migratePathOutcome({ platform, path: migration.path, sandbox: readable ?? adobe.sandboxes[0] ?? 'prod' })
        : open(`not used by MIGRATION_METHOD=${migration.method}`),
  );
}

function countOutcome(words: string, count: number, all: readonly UnreadItem[]): Outcome {
  const parts = all.filter(({ of }) => of !== undefined).length;
  const unread = all.length - parts;
  const others = unread === 0 ? '' : `, and ${unread} that cannot be read`;
  const without = parts === 0 ? '' : `; ${parts} of their dates, names or owners cannot be read`;
  return good(`${words}${others}${without}`, { count, unread });
}

/** Names this address as the fix if Adobe serves nothing there or cannot be reached. */
function addressFault(error: unknown, address: string): Outcome {
  if (!(error instanceof AdobeError)) throw error;
  const { problem } = error;
  if (problem.kind === 'no_such_path')
    return adobeFault(problem, `Check ${address}: nothing is served there that the app needs.`);
  const fix = problem.kind === 'unreachable' ? connectionFix(problem.detail ?? '', address) : null;
  if (fix === null) throw error;
  return adobeFault(problem, capitalize(`${fix}.`));
}

/** The fix if Adobe refuses to read a single sandbox, without a code that it documents. */
function sandboxFault(error: unknown): Outcome {
  if (!(error instanceof AdobeError)) throw error;
  const { kind } = error.problem;
  const isItsOwn = (kind === 'refused' || kind === 'not_allowed') && documentedError(error.problem) === null;
  if (!isItsOwn) throw error;
  return adobeFault(error.problem, SANDBOX_FIX);
}
