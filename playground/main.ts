import { type Arguments, readArguments } from './arguments.ts';
import { type Playground, startPlayground } from './playground.ts';
import { SCENES } from './scenes.ts';

// npm does not forward signals, so end when npm has ended. Read before anything else, or npm may be gone already.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void end();
}, 500);

let playground: Playground | undefined;
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);

const args = readArgumentsOrExit();
try {
  playground = await startPlayground(args);
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
  exitWith(`Port ${args.port} is in use. Try: npm run playground -- --port ${args.port + 1}`);
}

const others = Object.keys(SCENES).filter((name) => name !== args.scene);
process.stdout.write(`
  qs-creds playground: ${playground.url}

  Open it and type  /qs-creds list  in #data-platform, or  /qs-creds help.
  Scene: ${args.scene}, ${SCENES[args.scene].about}.
  Other scenes: -- --scene ${others.join(' | ')}
  Slack and Adobe are simulated on this machine. Nothing leaves it, and nothing is kept.
  The bot's log: ${playground.logFile}
  Press Ctrl+C to stop.

`);

async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await playground?.stop();
  process.exit(0);
}

function readArgumentsOrExit(): Arguments {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    return exitWith(error instanceof Error ? error.message : String(error));
  }
}

function exitWith(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
