import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readArguments } from '../../playground/arguments.ts';
import { PlaygroundProcess } from './playground-process.ts';

/** The playground as a process; remaining processes are killed when the test ends. */
function start(args: readonly string[], command?: readonly [string, ...string[]]): PlaygroundProcess {
  const playground = new PlaygroundProcess(args, command);
  onTestFinished(() => void playground.clear());
  return playground;
}

test('the playground starts, serves its page and stops without leaving processes or files', async () => {
  const playground = start(['--port', '0']);
  const address = await playground.address();
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/?$/);
  expect(await (await fetch(address)).text()).toContain('<title>Playground</title>');
  const [, folder = ''] = /log: (.*)\/bot\.log/.exec(playground.stdout) ?? [];
  expect(await readdir(folder)).toContain('bot.log');

  playground.signal('SIGTERM');
  expect(await playground.ended).toBe(0);
  expect(playground.clear()).toBe(false);
  expect(playground.stderr).toBe('');
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
});

test('the playground stops when the npm that runs it stops', async () => {
  const playground = start(['--port', '0'], ['npm', 'run', 'playground', '--']);
  const address = await playground.address();
  playground.signal('SIGTERM');
  // Resolves when no process holds the output any more, the bot included.
  await playground.ended;
  await expect(fetch(address)).rejects.toThrow();
});

describe('invalid arguments', () => {
  test('a port in use ends the playground with exit code 1 and one line', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const playground = start(['--port', String(port)]);
    expect(await playground.ended).toBe(1);
    expect(playground.stderr).toBe(`Port ${port} is in use. Try: npm run playground -- --port ${port + 1}\n`);
    expect(playground.stdout).toBe('');
  });

  test('an option that does not exist ends the playground with exit code 1 and one line', async () => {
    const playground = start(['--speed', '9']);
    expect(await playground.ended).toBe(1);
    expect(playground.stderr).toMatch(/^[^\n]*'--speed'[^\n]*\n$/);
    expect(playground.stdout).toBe('');
  });

  test.each([
    ['--port', 'abc', /^--port takes a number from 0 to 65535: .*$/],
    ['--port', '65536', /^--port takes a number from 0 to 65535: .*$/],
    ['--scene', 'last-day', /^--scene takes one of first-day, deadline-week, .*$/],
  ])('%s %s is rejected in one line', (name, value, words) => {
    expect(() => readArguments([name, value])).toThrow(words);
  });
});

describe.runIf(process.platform === 'linux')('on Linux, where /proc lists sockets', () => {
  test('every process of the playground listens on loopback only', async () => {
    const playground = start(['--port', '0']);
    await playground.address();
    const pids = await family(playground.pid);
    expect(pids).toHaveLength(2);
    for (const pid of pids) {
      const addresses = await listenAddresses(pid);
      expect(addresses).not.toEqual([]);
      expect(addresses.filter((address) => !LOOPBACK.includes(address))).toEqual([]);
    }
    playground.signal('SIGTERM');
    await playground.ended;
  });
});

/** 127.0.0.1, ::1 and the IPv4-mapped 127.0.0.1, in the format of /proc. */
const LOOPBACK = ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F'];
/** The state of a listening socket. */
const LISTENING = '0A';

/** A process and its descendants. */
async function family(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  for (const each of all) {
    // The process may have ended meanwhile.
    const stat = await readFile(`/proc/${each}/stat`, 'utf8').catch(() => '');
    // The state and the parent follow the name, which is in brackets and may contain anything.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    parents.set(Number(each), Number(parent));
  }
  const found = [pid];
  for (const each of found) found.push(...[...parents].filter(([, parent]) => parent === each).map(([child]) => child));
  return found;
}

/** The addresses on which a process listens, in the format of /proc. */
async function listenAddresses(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const held = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')));
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTENING && held.includes(`socket:[${fields[9]}]`))
    .map((fields) => fields[1]?.split(':')[0] ?? '');
}
