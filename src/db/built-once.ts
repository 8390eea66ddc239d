import type { Compilable, CompiledQuery } from 'kysely';

const MAX_KEPT = 200;
/** Longer inputs have many values, such as a thousand emails: they hardly recur, and take much memory. Characters. */
const MAX_LENGTH = 5_000;

/**
 * Builds a statement once for each input, since Kysely takes longer to build most of ours than SQLite to run them. The
 * statement must depend on nothing but the input, and different inputs must differ as JSON. Results are never cached.
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
      // There is no limit to possible inputs, so the cache needs one.
      if (built.size >= MAX_KEPT) built.clear();
      built.set(key, statement);
    }
    return statement;
  };
}
