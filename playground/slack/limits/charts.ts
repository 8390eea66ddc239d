import { isJson, type Json, jsonOf, stringOf } from '../json.ts';
import { checkKeys, checkList, checkOneOf, checkString, checkUnique, type LimitErrors } from './check.ts';

/** Slack's maximum number of charts in a message. */
export const MAX_CHARTS = 2;

/** A `data_visualization` block. Source: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block */
export function checkChartBlock(block: Json, at: string, errors: LimitErrors): void {
  checkString(block['title'], { max: 50, required: true }, `${at}.title`, errors);
  const chart = block['chart'];
  if (!isJson(chart)) {
    errors.push(`${at}.chart: not an object`);
    return;
  }
  checkOneOf(chart['type'] ?? null, ['line', 'bar', 'area', 'pie'], `${at}.chart.type`, errors);
  if (chart['type'] === 'pie') checkPie(chart, `${at}.chart`, errors);
  else checkXY(chart, `${at}.chart`, errors);
}

function checkPie(chart: Json, at: string, errors: LimitErrors): void {
  checkKeys(chart, ['type', 'segments'], at, errors);
  for (const [i, segment] of checkList(chart['segments'], { max: 6 }, `${at}.segments`, errors).entries())
    checkPoint(segment, `${at}.segments[${i}]`, errors);
}

function checkXY(chart: Json, at: string, errors: LimitErrors): void {
  checkKeys(chart, ['type', 'series', 'axis_config'], at, errors);
  const axis = jsonOf(chart['axis_config']);
  checkKeys(axis, ['categories', 'x_label', 'y_label'], `${at}.axis_config`, errors);
  for (const key of ['x_label', 'y_label']) checkString(axis[key], { max: 50 }, `${at}.axis_config.${key}`, errors);
  const categories: unknown[] = Array.isArray(axis['categories']) ? axis['categories'] : [];
  if (categories.length < 1 || categories.length > 20) errors.push(`${at}.axis_config.categories: 1 to 20 are needed`);
  for (const [i, each] of categories.entries())
    checkString(each, { max: 20, required: true }, `${at}.axis_config.categories[${i}]`, errors);
  checkUnique(categories.map(stringOf), 'category', `${at}.axis_config.categories`, errors);
  const series = checkList(chart['series'], { max: 6 }, `${at}.series`, errors);
  checkUnique(
    series.map(({ name }) => stringOf(name)),
    'name',
    `${at}.series`,
    errors,
  );
  for (const [i, each] of series.entries()) {
    const place = `${at}.series[${i}]`;
    checkKeys(each, ['name', 'data'], place, errors);
    checkString(each['name'], { max: 20, required: true }, `${place}.name`, errors);
    const data = checkList(each['data'], { max: 20 }, `${place}.data`, errors);
    for (const [j, point] of data.entries()) checkPoint(point, `${place}.data[${j}]`, errors);
    const labels = new Set(data.map(({ label }) => label));
    if (labels.size !== categories.length || !categories.every((category) => labels.has(category)))
      errors.push(`${place}.data: its labels are not the categories`);
  }
}

function checkPoint(point: Json, at: string, errors: LimitErrors): void {
  checkKeys(point, ['label', 'value'], at, errors);
  checkString(point['label'], { max: 20, required: true }, `${at}.label`, errors);
  if (typeof point['value'] !== 'number' || !Number.isFinite(point['value'])) errors.push(`${at}.value: not a number`);
}
