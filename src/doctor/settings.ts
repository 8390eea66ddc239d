import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import type { Settings } from '../config/config.ts';
import { lostFileWarning, platformOf } from '../config/platform.ts';
import type { ValidPart } from '../config/valid-part.ts';
import type { MethodName } from '../migrations/steps.ts';
import type { CheckRun } from './check.ts';
import { sentenceFault } from './faults.ts';
import { bad, good, type Outcome, open } from './outcome.ts';

/** Every error in the settings, and every name that looks misspelt, one line each. */
export function checkSettings(run: CheckRun, { errors, warnings }: ValidPart): void {
  const title = 'Settings';
  for (const line of errors) {
    const name = line.split(' ', 1)[0] ?? '';
    run.add({ id: `setting:${name}`, title: name }, sentenceFault(line.slice(name.length + 1), { setting: name }));
  }
  const misspelt = warnings.filter((warning) => warning.includes('did you mean'));
  for (const line of misspelt) {
    const [, what = line, meant = ''] = /^(.*): did you mean (\w+)\?$/.exec(line) ?? [];
    const fix = `Rename it to ${meant} if that is what it should be; remove it otherwise.`;
    run.add({ id: 'misspelling', title }, bad(what, fix, { setting: meant }));
  }
  if (errors.length === 0) run.add({ id: 'settings', title }, good('every setting has a valid value'));
}

/** What the operator chose, and what follows from it. */
export async function checkEnvironment(run: CheckRun, settings: Settings, env: NodeJS.ProcessEnv): Promise<void> {
  await run.run({ id: 'proxy', title: 'Proxy', settings: ['HTTPS_PROXY', 'HTTP_PROXY'] }, () =>
    proxyOutcome(settings.proxy),
  );
  await run.run({ id: 'certificates', title: 'Certificates', settings: ['NODE_EXTRA_CA_CERTS'] }, async () =>
    settings.extraCertificates === null
      ? good('those that come with Node.js are trusted', { extra: false })
      : good('those in NODE_EXTRA_CA_CERTS are trusted too', { extra: true }),
  );
  await run.run({ id: 'method', title: 'MIGRATION_METHOD', settings: ['MIGRATION_METHOD'] }, async () =>
    methodOutcome(settings.migration.method),
  );
  await run.run({ id: 'disk', title: 'Disk', settings: ['DATABASE_URL'] }, async () => diskOutcome(settings, env));
}

async function proxyOutcome({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY }: Settings['proxy']): Promise<Outcome> {
  const inUse = HTTPS_PROXY ?? HTTP_PROXY;
  if (inUse === undefined) return good('none is set; connections are direct', { set: false });
  const { hostname, port, protocol } = new URL(inUse);
  const exceptions = NO_PROXY === undefined ? '' : ', except to the hosts in NO_PROXY';
  const address = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
  const code = await connectionProblem(hostname, Number(address.split(':').at(-1)));
  if (code === null) return good(`connections go through ${address}${exceptions}`, { set: true });
  const fix = 'Check HTTPS_PROXY and HTTP_PROXY, and that the proxy runs and this machine may reach it.';
  return bad(`no connection to ${address} (${code})`, fix, { set: true, code });
}

/** Node's code for why a connection cannot be made; null if it can. */
async function connectionProblem(host: string, port: number): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port });
  socket.once('connect', () => resolve(null));
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
  return promise.finally(() => socket.destroy());
}

const METHODS: Readonly<Record<MethodName, string>> = {
  'query-service':
    'each migration is one call to ADOBE_MIGRATE_PATH, which Adobe does not publish; only the first migration shows whether it works here',
  'developer-console':
    'the published calls, in two steps with a question each; Adobe does not say whether Query Service gets the new secret, so try it with a credential that nothing depends on. It needs the I/O Management API and rights for that project; only the first migration shows whether it has them',
  'hand-off':
    'the app asks and records, then a person presses Migrate in Adobe; the app watches and reports. It changes nothing at Adobe',
};

function methodOutcome(method: MethodName): Outcome {
  return good(`${method}: ${METHODS[method]}`, { method });
}

function diskOutcome({ database }: Settings, env: NodeJS.ProcessEnv): Outcome {
  if (database.kind === 'postgres') return open('not needed: DATABASE_URL is PostgreSQL');
  if (database.path === ':memory:') {
    return bad('the database is in memory, and lost at each stop', 'Set DATABASE_URL to a file or postgres://….');
  }
  const warning = lostFileWarning(env);
  if (warning === undefined) {
    const isContainer = existsSync('/.dockerenv') || existsSync('/run/.containerenv');
    const volume = isContainer ? '; in this container, it must be on a volume' : '';
    return good(`no known problem with where DATABASE_URL is${volume}`, { isContainer });
  }
  const at = warning.indexOf('. ');
  if (platformOf(env)?.mayHaveDisk === true) return open(warning.replace(/\.$/, ''), { lasts: 'unknown' });
  return bad(warning.slice(0, at), warning.slice(at + 2), { lasts: false });
}
