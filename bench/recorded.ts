import { readFileSync } from 'node:fs';

/** One statement with its parameters, as the bot ran it. */
export interface Recorded {
  readonly sql: string;
  readonly parameters: readonly (string | number | null)[];
}

/** Whether a statement only reads; an act that only reads runs nothing else itself. */
export function isSelect({ sql }: Recorded): boolean {
  return sql.startsWith('select');
}

/** The wanted statements that an act runs: the fewest of several tries, since a job of the bot may run in between. */
export async function statementsOf(
  file: string,
  act: () => Promise<unknown>,
  isWanted: (statement: Recorded) => boolean,
  times = 15,
): Promise<readonly Recorded[]> {
  const tries: Recorded[][] = [];
  for (let i = 0; i < times; i++) {
    const before = linesOf(file).length;
    await act();
    tries.push(
      linesOf(file)
        .slice(before)
        .map((line): Recorded => JSON.parse(line))
        .filter(isWanted),
    );
  }
  return tries.reduce((fewest, each) => (each.length < fewest.length ? each : fewest));
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}
