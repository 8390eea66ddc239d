import { type Arguments, readArguments } from './arguments.ts';
import { type Playground, startPlayground } from './playground.ts';
import { SCENES } from './scenes.ts';

// npm passes no signal on to what it started: whoever ends npm means this too. Asked first, or it may be gone already.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void end();
}, 500);

let playground: Playground | undefined;
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);

const args = read();
try {
  playground = await startPlayground(args);
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
  refuse(`Port ${args.port} is in use. Try: npm run playground -- --port ${args.port + 1}`);
}

const others = Object.keys(SCENES).filter((name) => name !== args.scene);
process.stdout.write(`
  qs-creds playground: ${playground.url}

  Open it and type  /qs-creds list  in #data-platform, or  /qs-creds help.
  Scene: ${args.scene}, ${SCENES[args.scene].about}.
  Others: -- --scene ${others.join(' | ')}
  Slack and Adobe are simulated on this machine; nothing leaves it, and nothing of it is kept.
  The bot's log: ${playground.logFile}
  Ctrl+C ends it.

`);

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await playground?.stop();
  process.exit(0);
}

function read(): Arguments {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
