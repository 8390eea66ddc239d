/** What may be shared of an outcome: numbers, and codes of a closed set. Never a name, an id or text from outside. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** What a check found. `ok` is null if the check does not apply or could not be tried. */
export interface Outcome {
  readonly ok: boolean | null;
  /** Without a full stop. */
  readonly detail: string;
  /** A sentence; null unless something is wrong. */
  readonly fix: string | null;
  readonly facts?: Facts;
}

export function good(detail: string, facts: Facts = {}): Outcome {
  return { ok: true, detail, fix: null, facts };
}

export function bad(detail: string, fix: string, facts: Facts = {}): Outcome {
  return { ok: false, detail, fix, facts };
}

/** For what does not apply here, or cannot be known. */
export function open(detail: string, facts: Facts = {}): Outcome {
  return { ok: null, detail, fix: null, facts };
}
