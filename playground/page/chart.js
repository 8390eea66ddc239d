/** @import { Json } from './dom.js' */
import { el, uniqueId, unsupported } from './dom.js';

/** Dimensions of the drawing, in its own units. */
const [WIDTH, HEIGHT, BOTTOM, START] = [560, 200, 24, 34];

/** A `data_visualization` block of the line type, the one that the bot sends. @param {Json} block */
export function chart(block) {
  const { type, series, axis_config: axis } = block['chart'];
  if (type !== 'line') return unsupported(`data_visualization of type ${type}`);
  const id = uniqueId();
  /** @type {string[]} */
  const labels = axis['categories'];
  const max = Math.max(1, ...series.flatMap((/** @type {Json} */ line) => line['data'].map(pointValue)));
  const x = (/** @type {number} */ i) => START + (i * (WIDTH - START - 10)) / Math.max(1, labels.length - 1);
  const y = (/** @type {number} */ value) => 8 + (1 - value / max) * (HEIGHT - BOTTOM - 8);
  const drawing = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-labelledby': id });
  for (const value of [0, max / 2, max]) {
    drawing.append(svg('line', { x1: START, x2: WIDTH - 10, y1: y(value), y2: y(value), class: 'grid' }));
    drawing.append(text(START - 6, y(value) + 4, String(Math.round(value)), 'end'));
  }
  const last = labels.length - 1;
  for (const i of new Set([0, Math.floor(last / 2), last])) {
    let anchor = 'middle';
    if (i === 0) anchor = 'start';
    else if (i === last) anchor = 'end';
    drawing.append(text(x(i), HEIGHT - 6, labels[i] ?? '', anchor));
  }
  for (const [n, line] of series.entries()) {
    const points = line['data'].map(
      (/** @type {Json} */ point) => `${x(labels.indexOf(point['label']))},${y(pointValue(point))}`,
    );
    drawing.append(svg('polyline', { points: points.join(' '), class: `series series-${n}` }));
  }
  const legend = series.map((/** @type {Json} */ line, /** @type {number} */ n) =>
    el('span', { class: `legend series-${n}` }, line['name']),
  );
  return el('figure', { class: 'chart' }, el('figcaption', { id }, block['title']), drawing, el('div', {}, ...legend));
}

/** @param {Json} point @returns {number} */
function pointValue(point) {
  return point['value'];
}

/** @param {number} x @param {number} y @param {string} content @param {string} anchor */
function text(x, y, content, anchor) {
  const node = svg('text', { x, y, 'text-anchor': anchor });
  node.textContent = content;
  return node;
}

/** @param {string} tag @param {Record<string, string | number>} attributes */
function svg(tag, attributes) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
