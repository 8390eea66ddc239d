/** @import { Json } from './dom.js' */
/** @import { Place, Surroundings } from './inputs.js' */
/** @import { Names } from './mrkdwn.js' */
import { chart } from './chart.js';
import { date } from './dates.js';
import { el, link, reconcile, uniqueId, unsupported } from './dom.js';
import { drawElement, image } from './elements.js';
import { inputValues } from './inputs.js';
import { broadcast, channel, emoji, person, plainText, textObject } from './mrkdwn.js';

/** @typedef {Omit<Place, 'attributes' | 'silent'>} BlockPlace */

/**
 * Draws the bot's blocks into `parent`; unchanged blocks are left alone.
 * @param {Element} parent
 * @param {readonly Json[]} blocks
 * @param {Surroundings} around
 * @param {Readonly<Record<string, string>>} [errors] by block id
 */
export function drawBlocks(parent, blocks, around, errors = {}) {
  const kept = inputValues(parent);
  const items = blocks.map((block, index) => {
    // Slack generates missing block ids; here the position serves as one.
    const blockId = block['block_id'] ?? `block-${index}`;
    return { key: blockId, data: { block, blockId, error: errors[blockId] } };
  });
  reconcile(parent, items, ({ block, blockId, error }) => {
    const node = drawOrReport(block, { around, blockId, kept }, error);
    node.classList.add('block');
    node.dataset['blockId'] = blockId;
    return node;
  });
}

/** One malformed block must not break the page. @type {typeof drawBlock} */
function drawOrReport(block, place, error) {
  try {
    return drawBlock(block, place, error);
  } catch (reason) {
    return unsupported(`${block['type']} (${reason})`);
  }
}

/** @param {Json} block @param {BlockPlace} place @param {string} [error] @returns {HTMLElement} */
function drawBlock(block, place, error) {
  const { names } = place.around;
  switch (block['type']) {
    case 'section':
      return section(block, place);
    case 'header':
      return el('h3', {}, plainText(block['text']));
    case 'divider':
      return el('hr');
    case 'context':
      return el(
        'div',
        { class: 'context' },
        ...block['elements'].map((/** @type {Json} */ part) =>
          part['type'] === 'image' ? image(part) : el('span', { class: 'text' }, textObject(part, names)),
        ),
      );
    case 'actions':
      return el(
        'div',
        { class: 'actions' },
        ...block['elements'].map((/** @type {Json} */ spec) => drawElement(spec, place)),
      );
    case 'image':
      return el('div', {}, block['title'] && el('small', {}, plainText(block['title'])), image(block));
    case 'alert':
      return el(
        'div',
        { class: `alert ${block['level'] ?? 'default'}`, role: 'note' },
        textObject(block['text'], names),
      );
    case 'data_table':
      return dataTable(block);
    case 'data_visualization':
      return chart(block);
    case 'input':
      return input(block, place, error);
    case 'rich_text':
      return el(
        'div',
        { class: 'text' },
        ...block['elements'].map((/** @type {Json} */ part) => richTextPart(part, names)),
      );
    default:
      return unsupported(String(block['type']));
  }
}

/** Shows all rows: the box scrolls instead of turning pages. @param {Json} block */
function dataTable(block) {
  const [head, ...rows] = block['rows'];
  const row = (/** @type {Json[]} */ cells, /** @type {string} */ tag) =>
    el('tr', {}, ...cells.map((cell) => el(tag, {}, cell['type'] === 'raw_text' ? cell['text'] : unsupported('cell'))));
  return el(
    'div',
    { class: 'data-table' },
    el('table', {}, el('caption', {}, block['caption']), row(head, 'th'), ...rows.map((cells) => row(cells, 'td'))),
  );
}

/** @param {Json} block @param {BlockPlace} place */
function section(block, place) {
  const { names } = place.around;
  const id = uniqueId();
  const text = el(
    'div',
    { id, class: 'text' },
    block['text'] && textObject(block['text'], names),
    block['fields'] &&
      el(
        'div',
        { class: 'fields' },
        ...block['fields'].map((/** @type {Json} */ field) => el('div', {}, textObject(field, names))),
      ),
  );
  // Every row has a button "Migrate…": the text beside it names the credential.
  const beside = { ...place, attributes: { 'aria-describedby': id } };
  return el('div', { class: 'section' }, text, block['accessory'] && drawElement(block['accessory'], beside));
}

/** @param {Json} block @param {BlockPlace} place @param {string} [error] */
function input(block, place, error) {
  const { element = {}, optional, hint, dispatch_action: dispatches } = block;
  const [id, labelId, hintId, errorId] = [uniqueId(), uniqueId(), uniqueId(), uniqueId()];
  const described = [hint && hintId, error && errorId].filter(Boolean).join(' ');
  const attributes = {
    id,
    'aria-label': undefined,
    'aria-labelledby': labelId,
    'aria-describedby': described || undefined,
    'aria-invalid': error && 'true',
    required: !optional,
    'data-autofocus': element['focus_on_load'],
  };
  return el(
    'div',
    { class: 'input' },
    el('label', { id: labelId, for: id }, plainText(block['label']), optional ? ' (optional)' : ''),
    drawElement(element, { ...place, attributes, silent: !dispatches }),
    hint && el('small', { id: hintId }, plainText(hint)),
    error && el('p', { id: errorId, class: 'error' }, error),
  );
}

/** @param {Json} part @param {Names} names @returns {HTMLElement} */
function richTextPart(part, names) {
  const inlines = () => part['elements'].map((/** @type {Json} */ inline) => richTextInline(inline, names));
  switch (part['type']) {
    case 'rich_text_section':
      return el('div', {}, ...inlines());
    case 'rich_text_preformatted':
      return el('pre', {}, ...inlines());
    case 'rich_text_quote':
      return el('blockquote', {}, ...inlines());
    case 'rich_text_list':
      return el(
        part['style'] === 'ordered' ? 'ol' : 'ul',
        { 'data-indent': part['indent'], start: part['offset'] && part['offset'] + 1 },
        ...part['elements'].map((/** @type {Json} */ item) => el('li', {}, richTextPart(item, names))),
      );
    default:
      return unsupported(String(part['type']));
  }
}

/** @param {Json} inline @param {Names} names */
function richTextInline(inline, names) {
  let node = richTextLeaf(inline, names);
  const tags = /** @type {const} */ ({ code: 'code', strike: 's', italic: 'em', bold: 'strong', underline: 'u' });
  for (const [style, tag] of Object.entries(tags)) if (inline['style']?.[style]) node = el(tag, {}, node);
  return node;
}

/** @param {Json} inline @param {Names} names @returns {Node | string} */
function richTextLeaf(inline, names) {
  switch (inline['type']) {
    case 'text':
      return inline['text'];
    case 'link':
      return link(inline['url'], inline['text'] || undefined) ?? `${inline['text'] ?? ''} <${inline['url']}>`;
    case 'user':
      return person(inline['user_id'], names);
    case 'usergroup':
      return person(inline['usergroup_id'], names);
    case 'channel':
      return channel(inline['channel_id'], names);
    case 'broadcast':
      return broadcast(inline['range']);
    case 'date':
      return date(inline['timestamp'], inline['format'], inline['fallback'], inline['url']);
    case 'emoji': {
      const points = inline['unicode']?.split('-').map((/** @type {string} */ hex) => Number.parseInt(hex, 16));
      return points ? String.fromCodePoint(...points) : emoji(inline['name']);
    }
    default:
      return unsupported(String(inline['type']));
  }
}
