import type { MethodName } from '../../src/migrations/steps.ts';
import { FAULTS, type Fault } from './faults.ts';
import type { Verdict } from './judge.ts';

/** A kind of trial: the method, the database engine, and how many instances share it. */
export interface Kind {
  readonly method: MethodName;
  readonly engine: 'sqlite' | 'postgres';
  readonly instances: number;
}

/** What a finished trial contributes to its row. */
export interface Finished {
  readonly kind: Kind;
  readonly kills: number;
  readonly stops: number;
  readonly pauses: number;
  readonly outages: number;
  readonly verdict: Verdict;
}

const ENGINES = { sqlite: 'SQLite', postgres: 'PostgreSQL' } as const;
const HEAD = [
  'method',
  'engine',
  'instances',
  'trials',
  'kills',
  'stops',
  'pauses',
  'outages',
  'migrations',
  'doubled',
  'silent',
  'lost',
  'recover median',
  'recover worst',
];

/** A Markdown table with a row for each kind and one for all. */
export function table(finished: readonly Finished[], kinds: readonly Kind[]): string {
  const rows = kinds.map((kind) => {
    const isOwn = (other: Kind) =>
      other.method === kind.method && other.engine === kind.engine && other.instances === kind.instances;
    const own = finished.filter((each) => isOwn(each.kind));
    return row([kind.method, ENGINES[kind.engine], String(kind.instances)], own);
  });
  const all = kinds.length > 1 ? [row(['**all**', '', ''], finished)] : [];
  const rule = HEAD.map((_, i) => (i < 2 ? '---' : '---:'));
  return [HEAD, rule, ...rows, ...all].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A Markdown table of the trials that showed each fault, by engine. */
export function faultTable(finished: readonly { readonly kind: Kind; readonly shown: ReadonlySet<Fault> }[]): string {
  const count = (fault: Fault, engine: Kind['engine']) =>
    String(finished.filter(({ kind, shown }) => kind.engine === engine && shown.has(fault)).length);
  const head = [
    ['fault', ...Object.values(ENGINES)],
    ['---', '---:', '---:'],
  ];
  const rows = FAULTS.map((fault) => [fault, count(fault, 'sqlite'), count(fault, 'postgres')]);
  return [...head, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function row(kind: readonly string[], finished: readonly Finished[]): string[] {
  const sum = (of: (each: Finished) => number) => String(finished.reduce((total, each) => total + of(each), 0));
  const recoveries = finished.flatMap(({ verdict }) => verdict.recoveries).toSorted((a, b) => a - b);
  return [
    ...kind,
    String(finished.length),
    sum(({ kills }) => kills),
    sum(({ stops }) => stops),
    sum(({ pauses }) => pauses),
    sum(({ outages }) => outages),
    sum(({ verdict }) => verdict.migrations),
    sum(({ verdict }) => verdict.doubled.length),
    sum(({ verdict }) => verdict.silent.length),
    sum(({ verdict }) => verdict.lost.length),
    seconds(recoveries[Math.floor(recoveries.length / 2)]),
    seconds(recoveries.at(-1)),
  ];
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '–' : `${(ms / 1000).toFixed(1)} s`;
}
