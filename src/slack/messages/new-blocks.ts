import type { AlertBlock, KnownBlock } from '@slack/types';
import { line, type Row } from './blocks.ts';

/**
 * Blocks newer than sections, which not every workspace takes yet: their shape, and what is sent instead where Slack
 * refuses them. The one place that knows both.
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

/** A line chart. `labels`: of its points, all different; each line has one value for each of them. */
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

/** What a person must not overlook, in a modal: the only place where Slack takes it. `text`: mrkdwn. */
export function alert(text: string): Row {
  const block: AlertBlock = { type: 'alert', level: 'warning', text: { type: 'mrkdwn', text, verbatim: true } };
  return { text, blocks: [block] };
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
    default:
      return [block];
  }
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
