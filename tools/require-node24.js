// Loaded before any TypeScript, in syntax every Node understands: an old Node must say so in one line.
import module from 'node:module';

const WANTED = [24, 15];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < WANTED[0] || (major === WANTED[0] && minor < WANTED[1])) {
  process.stderr.write(
    `qs-creds needs Node.js ${WANTED.join('.')} or newer, this is ${process.versions.node}. Install it from https://nodejs.org and start again.\n`,
  );
  process.exit(1);
}
// Half of a start is loading dependencies; the cache takes most of that away from the second start on.
module.enableCompileCache?.();
