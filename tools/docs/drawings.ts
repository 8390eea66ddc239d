import { mayMove } from '../../src/migrations/migration.ts';
import { STATES } from '../../test/support/enumerations.ts';
import { FEATURES, importsOf, partOf, SOURCES } from '../../test/support/sources.ts';

const FEATURE_BOX = 'features';
const TOP = 'src/*.ts';

/** The box of the drawing that a file of src is in. */
function boxOf(path: string): string {
  const part = partOf(path);
  if (FEATURES.includes(part)) return FEATURE_BOX;
  return part.endsWith('.ts') ? TOP : part;
}

/** The folders of src and which imports which; what everything uses (`lib`) is left out. Mermaid. */
export function importsDrawing(): string {
  const imports = SOURCES.flatMap(importsOf).filter(({ isOurs }) => isOurs);
  const arrows = new Map<string, { from: string; to: string; onlyTypes: boolean }>();
  for (const each of imports) {
    const [from, to] = [boxOf(each.from), boxOf(each.to)];
    if (from === to || to === 'lib') continue;
    const key = `${from} ${to}`;
    arrows.set(key, { from, to, onlyTypes: each.values.length === 0 && (arrows.get(key)?.onlyTypes ?? true) });
  }
  const boxes = [...new Set(SOURCES.map(boxOf))].filter((box) => box !== 'lib');
  const id = (box: string) => (box === TOP ? 'top' : box);
  const label = (box: string) => (box === FEATURE_BOX ? `"${inLines(FEATURES)}"` : `"${box}"`);
  const sorted = [...arrows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, arrow]) => arrow);
  return mermaid([
    'flowchart TD',
    ...boxes.sort().map((box) => `  ${id(box)}[${label(box)}]`),
    ...sorted.map(({ from, to, onlyTypes }) => `  ${id(from)} ${onlyTypes ? '-.->' : '-->'} ${id(to)}`),
  ]);
}

/** Names, five to a line of the box. */
function inLines(names: readonly string[]): string {
  const lines: string[] = [];
  for (let i = 0; i < names.length; i += 5) lines.push(names.slice(i, i + 5).join(' · '));
  return lines.join('<br/>');
}

/** The states of a migration and every move between them. Mermaid. */
export function statesDrawing(): string {
  const moves = STATES.flatMap((from) => STATES.filter((to) => mayMove(from, to)).map((to) => `  ${from} --> ${to}`));
  return mermaid(['stateDiagram-v2', '  [*] --> asked', ...moves]);
}

function mermaid(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n');
}
