import { CREDENTIAL_STATUSES } from '../../src/credentials/credential.ts';
import { STATUS_SIGNS } from '../../src/slack/messages/credential-row.ts';
import { STATUS_WORDS } from '../../src/slack/messages/terms.ts';
import { read } from '../../test/support/sources.ts';
import { importsDrawing, statesDrawing } from './drawings.ts';
import { environmentExample, settingsTable } from './settings.ts';
import { socketManifest } from './socket-manifest.ts';

/** The generated parts, by the name in their markers. */
const PARTS: Readonly<Record<string, () => string>> = {
  settings: settingsTable,
  imports: importsDrawing,
  states: statesDrawing,
  statuses: statusTable,
};

const MARKED = /<!-- (\w+): written by npm run docs -->\n[\s\S]*?<!-- end -->/g;

/** The pages with generated parts, as they should be now. @throws {Error} naming an unknown marker */
export function generatedPages(): {
  readonly path: string;
  readonly text: string;
  readonly parts: readonly string[];
}[] {
  const marked = ['README.md', 'docs/architecture.md', 'docs/message-style.md'].map((path) => {
    const parts: string[] = [];
    const text = read(path).replace(MARKED, (_, name: string) => {
      const part = PARTS[name];
      if (part === undefined) throw new Error(`${path} has a marker that nothing is written for: ${name}`);
      parts.push(name);
      return `<!-- ${name}: written by npm run docs -->\n${part()}\n<!-- end -->`;
    });
    return { path, text, parts };
  });
  return [
    { path: '.env.example', text: environmentExample(), parts: [] },
    { path: 'manifest.socket.yml', text: socketManifest(), parts: [] },
    ...marked,
  ];
}

function statusTable(): string {
  const rows = CREDENTIAL_STATUSES.map((status) => `| ${STATUS_SIGNS[status]} | ${STATUS_WORDS[status]} |`);
  return ['| sign | status |', '|---|---|', ...rows].join('\n');
}
