/** @import { Json } from './dom.js' */
/** @import { Place } from './inputs.js' */
import { el, link, uniqueId, unsupported } from './dom.js';
import { asInput, press, startOf } from './inputs.js';
import { Listbox } from './listbox.js';
import { plainText, textObject } from './mrkdwn.js';

/**
 * Elements that work in forms only: a press carries one option and no text.
 * @type {Readonly<Record<string, (spec: Json, place: Place) => HTMLElement>>}
 */
const FORM_ELEMENTS = {
  radio_buttons: (spec, place) => choices(spec, place, 'radio'),
  checkboxes: (spec, place) => choices(spec, place, 'checkbox'),
  plain_text_input: plainTextInput,
  datepicker: datePicker,
  users_select: userSelect,
  multi_static_select: multiSelect,
};

/** @param {Json} spec @param {Place} place @returns {HTMLElement} */
export function drawElement(spec, place) {
  const formElement = FORM_ELEMENTS[spec['type']];
  if (formElement) return place.silent ? formElement(spec, place) : unsupported(`${spec['type']} that acts at once`);
  switch (spec['type']) {
    case 'button':
      return button(spec, place);
    case 'overflow':
      return overflow(spec, place);
    case 'static_select':
      return staticSelect(spec, place);
    case 'external_select':
      return externalSelect(spec, place);
    case 'image':
      return image(spec);
    default:
      return unsupported(String(spec['type']));
  }
}

/** An image as its alt text: the page loads nothing from other servers. */
export function image(/** @type {Json} */ spec) {
  const words = String(spec['alt_text']);
  return el('span', { class: 'image', role: 'img', 'aria-label': words }, `🖼 ${words}`);
}

/** @param {Json} spec @param {Place} place */
function button(spec, place) {
  const attributes = {
    class: `button ${spec['style'] ?? ''}`,
    'data-action-id': spec['action_id'] ?? '',
    'aria-label': spec['accessibility_label'],
    ...place.attributes,
    click: () => void press(spec, place, node),
  };
  const text = plainText(spec['text']);
  // A button with a URL opens it and notifies the app as well.
  const node =
    (spec['url'] && link(spec['url'], text, attributes)) || el('button', { type: 'button', ...attributes }, text);
  return node;
}

/** @param {Json} spec @param {Place} place */
function overflow(spec, place) {
  const id = uniqueId();
  const actionId = spec['action_id'] ?? '';
  const named = { 'aria-label': 'More actions', 'data-action-id': actionId, ...place.attributes };
  const opener = el('button', { type: 'button', popovertarget: id, ...named }, '⋯');
  const menu = el('div', { id, popover: true });
  for (const option of options(spec)) {
    const click = () => {
      menu.hidePopover();
      void press(spec, place, opener, option['value']);
    };
    const text = plainText(option['text']);
    menu.append(
      (option['url'] && link(option['url'], text, { click })) || el('button', { type: 'button', click }, text),
    );
  }
  return el('span', {}, opener, menu);
}

/** @returns {Json[]} */
function options(/** @type {Json} */ spec) {
  const { options: all, option_groups: groups = [] } = spec;
  return all ?? groups.flatMap((/** @type {Json} */ group) => group['options']);
}

/** @param {Json} spec @param {Place} place */
function staticSelect(spec, place) {
  const all = options(spec);
  const start = startOf(spec, place)['selected_option']?.['value'];
  const optionNode = (/** @type {Json} */ option) => {
    const attributes = { value: all.indexOf(option), selected: option['value'] === start };
    return el('option', attributes, plainText(option['text']));
  };
  const placeholder = plainText(spec['placeholder']) || 'Choose an option';
  const node = el(
    'select',
    { 'data-action-id': spec['action_id'] ?? '', 'aria-label': placeholder, ...place.attributes },
    el('option', { value: '' }, placeholder),
    ...(spec['option_groups'] ?? []).map((/** @type {Json} */ group) =>
      el('optgroup', { label: plainText(group['label']) }, ...group['options'].map(optionNode)),
    ),
    ...(spec['options'] ?? []).map(optionNode),
  );
  let before = node.value;
  node.addEventListener('change', async () => {
    const value = node.value && all[Number(node.value)]?.['value'];
    if (!place.silent && !(value && (await press(spec, place, node, value)))) node.value = before;
    before = node.value;
  });
  return asInput(node, spec, place, () => ({ selected_option: node.value ? all[Number(node.value)] : null }));
}

/** @param {Json} spec @param {Place} place */
function multiSelect(spec, place) {
  const all = options(spec);
  const start = startOf(spec, place)['selected_options'] ?? [];
  const wanted = new Set(start.map((/** @type {Json} */ option) => option['value']));
  const chosen = () => all.filter((_, index) => nodes[index]?.selected);
  const nodes = all.map((option, index) =>
    el('option', { value: index, selected: wanted.has(option['value']) }, plainText(option['text'])),
  );
  const max = spec['max_selected_items'] ?? all.length;
  const check = () => node.setCustomValidity(chosen().length > max ? `Choose ${max} at most.` : '');
  const named = { 'data-action-id': spec['action_id'] ?? '', ...place.attributes };
  const node = el('select', { multiple: true, ...named, change: check }, ...nodes);
  return asInput(node, spec, place, () => ({ selected_options: chosen() }));
}

/** @param {Json} spec @param {Place} place @param {'radio' | 'checkbox'} type */
function choices(spec, place, type) {
  const { names } = place.around;
  const all = options(spec);
  const { selected_option: one, selected_options: several } = startOf(spec, place);
  const wanted = new Set([one, ...(several ?? [])].map((option) => option?.['value']));
  const { required, ...attributes } = place.attributes ?? {};
  const name = uniqueId();
  const boxes = all.map((option) => el('input', { type, name, checked: wanted.has(option['value']) }));
  const labels = all.map(({ text, description }, index) => {
    const small = description && el('small', {}, textObject(description, names));
    return el('label', {}, boxes[index], el('span', {}, textObject(text, names), small));
  });
  // Browsers support required radio buttons, but no required group of checkboxes.
  const check = () => {
    const missing = Boolean(required) && !boxes.some((box) => box.checked);
    boxes[0]?.setCustomValidity(missing ? 'Choose one of these.' : '');
  };
  check();
  const named = { 'data-action-id': spec['action_id'] ?? '', ...attributes };
  return asInput(el('fieldset', { ...named, change: check }, ...labels), spec, place, () => {
    const selected = all.filter((_, index) => boxes[index]?.checked);
    return type === 'radio' ? { selected_option: selected[0] ?? null } : { selected_options: selected };
  });
}

/** @param {Json} spec @param {Place} place */
function plainTextInput(spec, place) {
  const node = el(spec['multiline'] ? 'textarea' : 'input', {
    autocomplete: 'off',
    'data-action-id': spec['action_id'] ?? '',
    placeholder: plainText(spec['placeholder']),
    minlength: spec['min_length'],
    maxlength: spec['max_length'],
    ...place.attributes,
  });
  node.value = startOf(spec, place)['value'] ?? '';
  return asInput(node, spec, place, () => ({ value: node.value || null }));
}

/** @param {Json} spec @param {Place} place */
function userSelect(spec, place) {
  const start = startOf(spec, place)['selected_user'];
  const people = Array.from(place.around.names.people, ([id, name]) =>
    el('option', { value: id, selected: id === start }, name),
  );
  const nobody = el('option', { value: '' }, plainText(spec['placeholder']) || 'Choose a person');
  const node = el('select', { 'data-action-id': spec['action_id'] ?? '', ...place.attributes }, nobody, ...people);
  return asInput(node, spec, place, () => ({ selected_user: node.value || null }));
}

/** @param {Json} spec @param {Place} place */
function datePicker(spec, place) {
  const node = el('input', { type: 'date', 'data-action-id': spec['action_id'] ?? '', ...place.attributes });
  node.value = startOf(spec, place)['selected_date'] ?? '';
  return asInput(node, spec, place, () => ({ selected_date: node.value || null }));
}

/**
 * A select whose options the app provides while the visitor types.
 * @param {Json} spec
 * @param {Place} place
 */
function externalSelect(spec, place) {
  const { perform, container } = place.around;
  const { action_id: actionId = '', min_query_length: minimum = 3 } = spec;
  const placeholder = plainText(spec['placeholder']) || 'Type to search';
  /** @type {Json | null} */
  let chosen = startOf(spec, place)['selected_option'] ?? null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let lastRequest = 0;

  const box = el('input', {
    autocomplete: 'off',
    'data-action-id': actionId,
    'aria-label': placeholder,
    placeholder,
    value: plainText(chosen?.['text']),
    ...place.attributes,
  });
  const list = new Listbox(box, placeholder);

  function close() {
    clearTimeout(timer);
    lastRequest += 1;
    list.close();
    box.value = plainText(chosen?.['text']);
    box.setCustomValidity('');
  }

  async function choose(/** @type {Json} */ option) {
    const before = chosen;
    chosen = option;
    close();
    if (place.silent || (await press(spec, place, box, option['value']))) return;
    chosen = before;
    close();
  }

  async function request() {
    lastRequest += 1;
    const thisRequest = lastRequest;
    const { blockId } = place;
    const result = await perform({ kind: 'suggest', container, blockId, actionId, query: box.value });
    // Outdated: the visitor has typed on, chosen an option or left the field.
    if (thisRequest !== lastRequest) return;
    const offered = (result.ok ? (result.options ?? []) : []).map(({ text, value }) => {
      const option = { text: { type: 'plain_text', text }, value };
      return { children: [text], choose: () => void choose(option) };
    });
    list.offer(offered, result.ok ? 'No results' : result.error);
  }

  function requestSoon() {
    clearTimeout(timer);
    if (box.value.length >= minimum) timer = setTimeout(request, 250);
  }

  box.addEventListener('input', () => {
    if (box.value === '') chosen = null;
    // Otherwise Enter would submit the form with unfinished text and no option chosen.
    const chosenText = plainText(chosen?.['text']);
    box.setCustomValidity(box.value === chosenText ? '' : 'Choose one of the options.');
    requestSoon();
  });
  box.addEventListener('focus', () => {
    box.select();
    if (!chosen) requestSoon();
  });
  box.addEventListener('blur', close);
  box.addEventListener('keydown', (event) => {
    if (!list.handles(event)) return;
    event.preventDefault();
    if (event.key === 'Escape') close();
    else list.handleKey(event.key);
  });
  return asInput(el('div', { class: 'search' }, box, list.node), spec, place, () => ({ selected_option: chosen }));
}
