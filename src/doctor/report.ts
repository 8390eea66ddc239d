import type { CheckResult } from './check.ts';

/** One line for a person: "✗ title: cause. Fix." */
export function lineOf({ ok, title, detail, fix }: CheckResult): string {
  const mark = ok === null ? '–' : ok ? '✓' : '✗';
  const words = fix === null ? detail : `${detail}. ${fix}`;
  return `${mark} ${title}: ${words.replace(/\s+/g, ' ')}`;
}

/** The last line of the report. */
export function summaryOf(results: readonly CheckResult[]): string {
  const wrong = results.filter(({ ok }) => ok === false).length;
  const rest = results.filter(({ ok }) => ok === null).length;
  const open = rest === 0 ? '' : ` Not tried or not needed: ${rest}.`;
  return wrong === 0 ? `Nothing is wrong.${open}` : `To be fixed: ${wrong}.${open}`;
}

/** The document of `--json`. */
export function documentOf(results: readonly CheckResult[]): object {
  return {
    ok: results.every(({ ok }) => ok !== false),
    checks: results.map(({ id, ok, title, detail, fix }) => ({ id, ok, title, detail, fix })),
  };
}
