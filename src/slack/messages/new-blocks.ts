import type { AlertBlock, DataTableBlock, KnownBlock } from '@slack/types';
import { plain } from '../escaping.ts';
import { line, plainSection, type Row } from './blocks.ts';

/**
 * Blocks newer than sections, which not every workspace accepts yet: their shape, and what is sent instead if Slack
 * refuses them. Only this file knows both.
 */

/** Slack's limits for a chart. Source: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block */
export const MAX_POINTS = 20;
const MAX_TITLE = 50;
const MAX_LABEL = 20;

/** `@slack/types` has no type for it yet. */
interface ChartBlock {
  readonly type: 'data_visualization';
  readonly title: string;
  readonly chart: {
    readonly type: 'line';
    readonly series: readonly { readonly name: string; readonly data: readonly Point[] }[];
    readonly axis_config: { readonly categories: readonly string[] };
  };
}

interface Point {
  readonly label: string;
  readonly value: number;
}

/** A line chart. `labels`: one for each point, all different; each line has one value for each label. */
export function chartBlock(
  title: string,
  labels: readonly string[],
  lines: readonly { readonly name: string; readonly values: readonly number[] }[],
): KnownBlock {
  const categories = labels.map((label) => label.slice(0, MAX_LABEL));
  const block: ChartBlock = {
    type: 'data_visualization',
    title: title.slice(0, MAX_TITLE),
    chart: {
      type: 'line',
      series: lines.map(({ name, values }) => ({
        name: name.slice(0, MAX_LABEL),
        data: categories.map((label, i) => ({ label, value: values[i] ?? 0 })),
      })),
      axis_config: { categories },
    },
  };
  return block as unknown as KnownBlock;
}

/** A warning that a person must not overlook. Only for modals: Slack accepts it nowhere else. `text`: mrkdwn. */
export function alert(text: string): Row {
  const block: AlertBlock = { type: 'alert', level: 'warning', text: { type: 'mrkdwn', text, verbatim: true } };
  return { text, blocks: [block] };
}

/** Slack's limits for a table. Source: https://docs.slack.dev/reference/block-kit/blocks/data-table-block */
export const MAX_TABLE_ROWS = 100;
/** Rows shown in place of a table that Slack refuses. */
const PLAIN_ROWS = 10;
const MAX_PLAIN_ROW = 250;
const MAX_TABLE_TEXT = 20_000;
const TABLE_PAGE = 10;

/** A table in a message or Home. Its cells are plain text, in which Slack reads no markup. With more rows than fit, the last are left out. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): DataTableBlock {
  let room = MAX_TABLE_TEXT - caption.length;
  const fitting = [columns, ...rows.slice(0, MAX_TABLE_ROWS)].filter((row) => {
    room -= row.reduce((sum, text) => sum + Math.max(1, text.length), 0);
    return room >= 0;
  });
  return {
    type: 'data_table',
    caption,
    page_size: TABLE_PAGE,
    // Slack rejects an empty cell.
    rows: fitting.map((row) => row.map((text) => ({ type: 'raw_text', text: text || '–' }))),
  };
}

/** The same blocks without the newer ones; null when there are none. */
export function plainBlocks(blocks: readonly KnownBlock[]): KnownBlock[] | null {
  const all = blocks as readonly (KnownBlock | ChartBlock)[];
  const plain = all.flatMap(plainBlock);
  return plain.every((block, i) => block === all[i]) ? null : plain;
}

function plainBlock(block: KnownBlock | ChartBlock): readonly KnownBlock[] {
  switch (block.type) {
    case 'data_visualization':
      return plainChart(block);
    case 'alert':
      return line(`⚠️ *${block.text.text}*`).blocks;
    case 'data_table':
      return plainTable(block);
    default:
      return [block];
  }
}

/** The first rows of a table, one line each. */
function plainTable({ caption, rows }: DataTableBlock): readonly KnownBlock[] {
  const lines = rows
    .slice(1, PLAIN_ROWS + 1)
    .map((cells) => cells.map((cell) => ('text' in cell ? cell.text : '')).join(' · '));
  return [plainSection([caption, ...lines.map((each) => plain(each, MAX_PLAIN_ROW))])];
}

const BARS = '▁▂▃▄▅▆▇█';

/** A bar for each point, all lines to one scale. */
function plainChart({ title, chart: { series } }: ChartBlock): readonly KnownBlock[] {
  const max = Math.max(1, ...series.flatMap(({ data }) => data.map(({ value }) => value)));
  const bar = ({ value }: Point) => BARS[Math.round((value / max) * (BARS.length - 1))];
  const first = series[0]?.data[0];
  const last = series[0]?.data.at(-1);
  const lines = series.map(({ name, data }) => {
    const ends = `${data[0]?.value} to ${data.at(-1)?.value}`;
    return `${data.map(bar).join('')}  ${name}: ${ends}`;
  });
  return line([`*${title}, ${first?.label} to ${last?.label}*`, ...lines].join('\n')).blocks;
}
