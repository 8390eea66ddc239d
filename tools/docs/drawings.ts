import { mayMove } from '../../src/migrations/migration.ts';
import { STATES } from '../../test/support/enumerations.ts';
import { FEATURES, importsOf, partOf, SOURCES } from '../../test/support/sources.ts';

const FEATURE_BOX = 'features';

/** The box in the drawing for a file of src; null: left out, since it uses everything or everything uses it. */
function boxOf(path: string): string | null {
  const part = partOf(path);
  if (FEATURES.includes(part)) return FEATURE_BOX;
  return part === 'lib' || part.endsWith('.ts') ? null : part;
}

/** The folders of src and their imports in Mermaid; dotted where only types are imported. */
export function importsDrawing(): string {
  const whole = new Set<string>();
  const dotted = new Set<string>();
  for (const { from, to, isOurs, values } of SOURCES.flatMap(importsOf)) {
    const [start, end] = [boxOf(from), boxOf(to)];
    if (!isOurs || start === null || end === null || start === end) continue;
    (values.length > 0 ? whole : dotted).add(`${start} ${end}`);
  }
  const arrows = [...new Set([...whole, ...dotted])].sort();
  const boxes = [...new Set(SOURCES.map(boxOf))].filter((box) => box !== null);
  return mermaid([
    'flowchart TD',
    ...boxes.sort().map((box) => `  ${box}["${box === FEATURE_BOX ? inLines(FEATURES) : box}"]`),
    ...arrows.map((arrow) => `  ${arrow.replace(' ', whole.has(arrow) ? ' --> ' : ' -.-> ')}`),
  ]);
}

/** Names, two to a line of the box. */
function inLines(names: readonly string[]): string {
  return names.map((name, i) => (i === 0 ? '' : i % 2 === 0 ? '<br/>' : ' · ') + name).join('');
}

/** The states of a migration and every move between them. Mermaid. */
export function statesDrawing(): string {
  const moves = STATES.flatMap((from) => STATES.filter((to) => mayMove(from, to)).map((to) => `  ${from} --> ${to}`));
  return mermaid(['stateDiagram-v2', '  [*] --> asked', ...moves]);
}

function mermaid(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n');
}
