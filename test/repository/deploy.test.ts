import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { EX_CONFIG } from '../../src/config/config.ts';
import { ENVIRONMENT_NAMES, environmentSchema } from '../../src/config/schema.ts';
import { ROOT, read } from '../support/sources.ts';

const { scripts, engines }: { scripts: Record<string, string>; engines: { node: string } } = JSON.parse(
  read('package.json'),
);
/** What `npm start` runs. */
const COMMAND = scripts['start']?.replace(/^exec /, '');
const [, NODE_MAJOR] = /^>=(\d+)\./.exec(engines.node) ?? [];
const DEFAULT_PORT = Number(environmentSchema.shape.PORT.parse(undefined));
const dockerfile = read('Dockerfile');
const procfile = parse(read('Procfile')) as Record<string, string>;

/** The names that are not settings of qs-creds. */
function unknownSettings(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => ![...ENVIRONMENT_NAMES, ...others].some((each) => each === name));
}

describe('the Dockerfile', () => {
  /** Sources and flags of each COPY. */
  const copies = [...dockerfile.matchAll(/^COPY (--from=\S+ )?(.+) \S+$/gm)].map(([, from, sources = '']) => ({
    isOurs: from === undefined,
    sources: sources.split(' '),
  }));

  test('runs what npm start runs, as a user without rights, on the required version of Node.js', () => {
    const [, command = '[]'] = /^CMD (.*)$/m.exec(dockerfile) ?? [];
    expect((JSON.parse(command) as string[]).join(' ')).toBe(COMMAND);
    expect(dockerfile.match(/^USER .*$/gm)).toEqual(['USER node']);
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(new Set(bases)).toEqual(new Set([`node:${NODE_MAJOR}-slim`]));
    expect(dockerfile).toContain('npm ci --omit=dev --ignore-scripts');
  });

  test('copies what exists and .dockerignore lets through, and all that the command needs', () => {
    const sources = copies.filter(({ isOurs }) => isOurs).flatMap((copy) => copy.sources);
    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path);
    expect(sources.filter((path) => !allowed.includes(path.split('/')[0]))).toEqual([]);
    for (const needed of COMMAND?.match(/tools\/[\w-]+\.js/g) ?? []) expect(sources).toContain(needed);
    expect(sources).toContain('src');
  });

  test('listens on the default port, and asks for the health there', () => {
    expect(dockerfile).toContain(`\nEXPOSE ${DEFAULT_PORT}\n`);
    expect(dockerfile).toContain(`\${process.env.PORT || ${DEFAULT_PORT}}/healthz`);
  });
});

test('compose.yml runs the image read-only on the port that it exposes, with settings that exist', () => {
  const { services, volumes } = parse(read('compose.yml'));
  const { bot, postgres } = services;
  expect(unknownSettings(Object.keys(bot.environment), [])).toEqual([]);
  expect(bot.environment.PORT).toBe(DEFAULT_PORT);
  expect(bot.ports).toEqual([`127.0.0.1:${DEFAULT_PORT}:${DEFAULT_PORT}`]);
  const url = bot.environment.DATABASE_URL.replace(/\$\{POSTGRES_PASSWORD:\?[^}]*\}/, 'secret');
  expect(environmentSchema.shape.DATABASE_URL.parse(url)).toEqual({ kind: 'postgres', url });
  const { username, pathname, hostname } = new URL(url);
  expect(services).toHaveProperty(hostname);
  expect(postgres.environment).toMatchObject({ POSTGRES_USER: username, POSTGRES_DB: pathname.slice(1) });
  expect(postgres.volumes.map((each: string) => each.split(':')[0])).toEqual(Object.keys(volumes));
  expect(bot).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    depends_on: { postgres: { condition: 'service_healthy' } },
  });
  // The file contains no password.
  expect(read('compose.yml').match(/PASSWORD: (?!\$\{)/)).toBeNull();
});

test('app.json asks for every setting without a default, adds PostgreSQL with TLS, and runs what the Procfile has', () => {
  const { env, formation, addons } = JSON.parse(read('app.json'));
  expect(unknownSettings(Object.keys(env), ['PGSSLMODE'])).toEqual([]);
  const needed = ENVIRONMENT_NAMES.filter((name) => !environmentSchema.shape[name].safeParse(undefined).success);
  expect(needed.filter((name) => !(name in env) || env[name].required === false)).toEqual([]);
  expect(env.PGSSLMODE.value).toBe('no-verify');
  expect(addons[0].plan).toMatch(/^heroku-postgresql:/);
  expect(Object.keys(formation).sort()).toEqual(Object.keys(procfile).sort());
  expect(new Set(Object.values(procfile))).toEqual(new Set([scripts['start']]));
});

test('the systemd unit runs what npm start runs, waits for its end, and does not repeat a wrong setting', () => {
  const unit = read('deploy/qs-creds.service');
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
  expect(value('ExecStart')).toBe(`/usr/bin/${COMMAND}`);
  expect(value('RestartPreventExitStatus')).toBe(String(EX_CONFIG));
  expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(10);
  expect(value('ProtectSystem')).toBe('strict');
  // The page puts the database there.
  expect(read('docs/deployment.md')).toContain(`DATABASE_URL=file:/var/lib/${value('StateDirectory')}/`);
});

test('what docs/deployment.md names exists: commands, files, settings', () => {
  const page = read('docs/deployment.md');
  const commands = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  const files = [...page.matchAll(/\b((?:src|deploy|test)\/[\w./-]+\.\w+)/g)].map(([, path = '']) => path);
  expect(files.length).toBeGreaterThan(4);
  expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  const settings = [...page.matchAll(/\b([A-Z]+_[A-Z_]+|PORT)\b/g)].map(([, name = '']) => name);
  expect(unknownSettings(settings, ['POSTGRES_PASSWORD'])).toEqual([]);
});
