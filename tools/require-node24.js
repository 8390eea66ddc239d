// Loaded before any TypeScript, in syntax that every Node.js parses, so that an old version fails with one line.
import module from 'node:module';

const REQUIRED = [24, 15];
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
  process.stderr.write(
    `qs-creds needs Node.js ${REQUIRED.join('.')} or newer, this is ${process.versions.node}. Run npm ci without --omit=dev, which brings Node.js 24 along, or install a newer version from https://nodejs.org.\n`,
  );
  process.exit(1);
}
// Loading dependencies takes half of the startup time; from the second start on, the cache saves most of that.
module.enableCompileCache?.();
