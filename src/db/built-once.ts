import type { Compilable, CompiledQuery } from 'kysely';

const MAX_KEPT = 200;
/** Longer inputs are of many values, such as a thousand emails: they hardly come again, and would take much memory. Characters. */
const MAX_LENGTH = 5_000;

/**
 * Builds a statement once for each input, which must be all that it depends on and have a JSON of its own: Kysely takes longer
 * to build most of ours than SQLite to run them. What they read is never kept.
 */
export function builtOnce<Row, Input = void>(
  build: (input: Input) => Compilable<Row>,
): (input: Input) => CompiledQuery<Row> {
  const built = new Map<string, CompiledQuery<Row>>();
  return (input) => {
    const key = JSON.stringify(input);
    if (key !== undefined && key.length > MAX_LENGTH) return build(input).compile();
    let statement = built.get(key);
    if (statement === undefined) {
      statement = build(input).compile();
      // Inputs come in every form: without a limit these would grow with them.
      if (built.size >= MAX_KEPT) built.clear();
      built.set(key, statement);
    }
    return statement;
  };
}
