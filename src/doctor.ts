import { runDoctor } from './doctor/run.ts';
import { SystemTimer } from './lib/clock.ts';

/** `npm run doctor`: `--help` says what it does. */
const code = await runDoctor(process.env, process.argv.slice(2), {
  clock: new SystemTimer(),
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
});
// Connections that did not respond must not keep the process open; everything written before is out by then.
process.stdout.write('', () => process.exit(code));
