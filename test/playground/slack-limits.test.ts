import { describe, expect, test } from 'vitest';
import { messageRejection, suggestionErrors, viewErrors } from '../../playground/slack/limits/limits.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const x = (n: number) => 'x'.repeat(n);
const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));

const section = (over: object = {}) => ({ type: 'section', text: mrkdwn('Hello'), ...over });
const button = (over: object = {}) => ({ type: 'button', text: plain('Go'), action_id: 'go', ...over });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const option = (value: string, over: object = {}) => ({ text: plain('An option'), value, ...over });
const menu = (over: object = {}) => ({ type: 'static_select', options: [option('a')], ...over });
const confirm = (over: object = {}) => ({
  title: plain('Sure?'),
  text: mrkdwn('It *cannot* be undone.'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...over,
});
const input = (over: object = {}) => ({
  type: 'input',
  label: plain('Reason'),
  element: { type: 'plain_text_input', action_id: 'text' },
  ...over,
});
const typed = (over: object) => input({ element: { type: 'plain_text_input', ...over } });
const rich = (...elements: object[]) => ({ type: 'rich_text', elements });
const words = (...elements: object[]) => rich({ type: 'rich_text_section', elements });
const image = (over: object = {}) => ({
  type: 'image',
  alt_text: 'A chart',
  image_url: 'https://example.com/a.png',
  ...over,
});
const cell = (text: string) => ({ type: 'raw_text', text });
const card = (over: object = {}) => ({ type: 'card', title: mrkdwn('A card'), ...over });

const message = (...blocks: unknown[]) => messageRejection('Text', blocks, 40_000)?.messages ?? [];
const modal = (over: object = {}) =>
  viewErrors({ type: 'modal', title: plain('A form'), blocks: [section()], ...over }, 'modal');
const form = (...blocks: object[]) => modal({ submit: plain('Send'), blocks });
const home = (...blocks: object[]) => viewErrors({ type: 'home', blocks }, 'home');

describe('within the limits', () => {
  const ACCEPTED: readonly (readonly [string, readonly string[]])[] = [
    [
      'everything at its limit',
      message(section({ text: mrkdwn(x(3000)) }), { type: 'header', text: plain(x(150)) }),
    ],
    ['fields', message({ type: 'section', fields: many(10, () => mrkdwn(x(2000))) })],
    ['fifty blocks', message(...many(50, () => section()))],
    ['a context with an image', message({ type: 'context', elements: [image(), mrkdwn('a')] })],
    ['a full button', message(actions(button({ text: plain(x(75)), value: x(2000), confirm: confirm() })))],
    [
      'a menu',
      message(actions(menu({ options: many(100, (i) => option(`${i}`)), initial_option: option('0') }))),
    ],
    [
      'grouped options',
      message(
        actions({ type: 'static_select', option_groups: [{ label: plain('G'), options: [option('a')] }] }),
      ),
    ],
    [
      'overflow, radio buttons and checkboxes',
      message(
        actions(
          { type: 'overflow', options: [option('a', { url: 'https://example.com' })] },
          { type: 'radio_buttons', options: [option('a', { text: mrkdwn('*a*') })] },
          { type: 'checkboxes', options: [option('a')], initial_options: [option('a')] },
        ),
      ),
    ],
    [
      'rich text',
      message(
        words(
          { type: 'text', text: 'a', style: { bold: true } },
          { type: 'link', url: 'https://example.com', text: 'there' },
          { type: 'emoji', name: 'wave' },
          { type: 'date', timestamp: 1_700_000_000, format: '{date}', fallback: 'then' },
          { type: 'user', user_id: 'U0ADMIN001' },
        ),
        rich({
          type: 'rich_text_list',
          style: 'bullet',
          elements: [{ type: 'rich_text_section', elements: [] }],
        }),
      ),
    ],
    ['a table', message({ type: 'table', rows: [[cell('a'), words({ type: 'text', text: 'b' })]] })],
    ['a card in a message and a Home', [...message(card()), ...home(card({ actions: [button()] }))]],
    [
      'a form',
      form(typed({ initial_value: x(3000), placeholder: plain(x(150)) }), {
        type: 'alert',
        text: plain('!'),
      }),
    ],
    ['a Home of a hundred blocks', home(...many(100, () => section()))],
    ['suggestions', suggestionErrors({ options: many(100, (i) => option(`${i}`)) })],
  ];

  test('every message, modal, Home and suggestion within the limits is accepted', () => {
    const failures = ACCEPTED.filter(([, errors]) => errors.length > 0);
    expect(failures).toEqual([]);
  });
});

describe('beyond the limits', () => {
  const REJECTED: readonly (readonly [string, readonly string[], string])[] = [
    ['too many blocks', message(...many(51, () => section())), 'blocks: more than 50 items (51)'],
    [
      'a section that is too long',
      message(section({ text: mrkdwn(x(3001)) })),
      'blocks[0].text.text: longer than 3000',
    ],
    ['an empty text', message(section({ text: mrkdwn('') })), 'blocks[0].text.text: must not be empty'],
    ['an empty section', message({ type: 'section' }), 'needs text or fields'],
    ['too many fields', message(section({ fields: many(11, () => mrkdwn('a')) })), 'fields: more than 10'],
    [
      'a field that is too long',
      message(section({ fields: [mrkdwn(x(2001))] })),
      'fields[0].text: longer than 2000',
    ],
    ['a header that is too long', message({ type: 'header', text: plain(x(151)) }), 'longer than 150'],
    ['markup in a header', message({ type: 'header', text: mrkdwn('a') }), 'must be plain_text'],
    [
      'a context with too many elements',
      message({ type: 'context', elements: many(11, () => mrkdwn('a')) }),
      'more than 10',
    ],
    [
      'a button in a context',
      message({ type: 'context', elements: [button()] }),
      'must be plain_text or mrkdwn',
    ],
    ['too many actions', message(actions(...many(26, (i) => button({ action_id: `${i}` })))), 'more than 25'],
    ['a duplicate action_id', message(actions(button(), button())), 'action_id "go" is used twice'],
    ['a duplicate block_id', message(section({ block_id: 'b' }), section({ block_id: 'b' })), 'block_id "b"'],
    ['an unknown field', message(section({ colour: 'red' })), 'invalid additional property: colour'],
    ['an unknown block', message({ type: 'banner' }), 'unsupported block: banner'],
    ['an unknown element', message(actions({ type: 'knob' })), 'unsupported element: knob'],
    [
      'blocks that are not a list',
      messageRejection('a', 'section', 40_000)?.messages ?? [],
      'blocks: not a list',
    ],
    ['a button that is too long', message(actions(button({ text: plain(x(76)) }))), 'longer than 75'],
    ['markup on a button', message(actions(button({ text: mrkdwn('a') }))), 'must be plain_text'],
    ['a value that is too long', message(actions(button({ value: x(2001) }))), 'value: longer than 2000'],
    [
      'an action_id that is too long',
      message(actions(button({ action_id: x(256) }))),
      'action_id: longer than 255',
    ],
    [
      'a link that is too long',
      message(actions(button({ url: `https://a.example/${x(3000)}` }))),
      'longer than 3000',
    ],
    ['an invalid link', message(actions(button({ url: 'example' }))), 'url: not a URL'],
    [
      'an unknown button style',
      message(actions(button({ style: 'warning' }))),
      'must be one of primary, danger',
    ],
    [
      'an incomplete confirm dialog',
      message(actions(button({ confirm: { text: plain('a') } }))),
      'confirm.title: missing',
    ],
    [
      'a confirm title that is too long',
      message(actions(button({ confirm: confirm({ title: plain(x(101)) }) }))),
      'longer than 100',
    ],
    [
      'a confirm text that is too long',
      message(actions(button({ confirm: confirm({ text: plain(x(301)) }) }))),
      'longer than 300',
    ],
    [
      'a deny label that is too long',
      message(actions(button({ confirm: confirm({ deny: plain(x(31)) }) }))),
      'longer than 30',
    ],
    [
      'too many options',
      message(actions(menu({ options: many(101, (i) => option(`${i}`)) }))),
      'more than 100',
    ],
    [
      'too many in an overflow',
      message(actions({ type: 'overflow', options: many(6, (i) => option(`${i}`)) })),
      'more than 5',
    ],
    [
      'too many radio buttons',
      message(actions({ type: 'radio_buttons', options: many(11, (i) => option(`${i}`)) })),
      'more than 10',
    ],
    [
      'an option text that is too long',
      message(actions(menu({ options: [option('a', { text: plain(x(76)) })] }))),
      'longer than 75',
    ],
    [
      'an option value that is too long',
      message(actions(menu({ options: [option(x(151))] }))),
      'value: longer than 150',
    ],
    [
      'a duplicate option value',
      message(actions(menu({ options: [option('a'), option('a')] }))),
      'value "a" is used twice',
    ],
    [
      'an initial option that is not offered',
      message(actions(menu({ initial_option: option('b') }))),
      'not among the options',
    ],
    [
      'a menu without options',
      message(actions({ type: 'static_select' })),
      'either options or option_groups',
    ],
    [
      'a placeholder that is too long',
      message(actions(menu({ placeholder: plain(x(151)) }))),
      'longer than 150',
    ],
    ['an image without alt text', message(image({ alt_text: undefined })), 'alt_text: missing'],
    ['an image without a source', message(image({ image_url: undefined })), 'image_url: missing'],
    ['an input in a message', message(input()), 'not allowed in a message'],
    ['an alert in a message', message({ type: 'alert', text: plain('a') }), 'not allowed in a message'],
    [
      'a table in a modal',
      modal({ blocks: [{ type: 'table', rows: [[cell('a')]] }] }),
      'not allowed in a modal',
    ],
    ['a card in a modal', modal({ blocks: [card()] }), 'a card block is not allowed in a modal'],
    ['Markdown in a Home', home({ type: 'markdown', text: 'a' }), 'not allowed in a home'],
    ['two tables', message(...many(2, () => ({ type: 'table', rows: [[cell('a')]] }))), 'only one table'],
    [
      'a table with too many rows',
      message({ type: 'table', rows: many(101, () => [cell('a')]) }),
      'more than 100 rows',
    ],
    [
      'a table with too many columns',
      message({ type: 'table', rows: [many(21, () => cell('a'))] }),
      'more than 20',
    ],
    [
      'a data table without a caption',
      message({ type: 'data_table', rows: [[cell('a')]] }),
      'caption: missing',
    ],
    ['an empty card', message({ type: 'card' }), 'needs a hero_image, title, body or actions'],
    [
      'a carousel with too many cards',
      message({ type: 'carousel', elements: many(11, () => card()) }),
      'more than 10',
    ],
    [
      'a container without a title',
      message({ type: 'container', child_blocks: [section()] }),
      'title: missing',
    ],
    [
      'a task without a status',
      message({ type: 'task_card', task_id: '1', title: 'a' }),
      'status: must be one of',
    ],
    ['a plan without a title', message({ type: 'plan' }), 'title: missing'],
    ['empty rich text', message(words({ type: 'text', text: '' })), 'must not be empty'],
    ['unknown rich text', message(words({ type: 'blink', text: 'a' })), 'unsupported rich text: blink'],
    [
      'text outside a rich text section',
      message(rich({ type: 'text', text: 'a' })),
      'unsupported rich text: text',
    ],
    ['a date without a format', message(words({ type: 'date', timestamp: 1 })), 'format: missing'],
    [
      'an unknown rich text style',
      message(words({ type: 'text', text: 'a', style: { big: true } })),
      'property: big',
    ],
    ['a title that is too long', modal({ title: plain(x(25)) }), 'view.title.text: longer than 24'],
    ['a close that is too long', modal({ close: plain(x(25)) }), 'view.close.text: longer than 24'],
    ['a submit that is too long', modal({ submit: plain(x(25)) }), 'view.submit.text: longer than 24'],
    ['a modal without a title', modal({ title: undefined }), 'view.title: missing'],
    ['a form without submit', modal({ blocks: [input()] }), 'view.submit: missing'],
    ['metadata that is too long', modal({ private_metadata: x(3001) }), 'private_metadata: longer than 3000'],
    ['a callback_id that is too long', modal({ callback_id: x(256) }), 'callback_id: longer than 255'],
    ['a modal with too many blocks', modal({ blocks: many(101, () => section()) }), 'more than 100'],
    ['a Home with too many blocks', home(...many(101, () => section())), 'more than 100'],
    [
      'a Home with a title',
      viewErrors({ type: 'home', blocks: [], title: plain('a') }, 'home'),
      'property: title',
    ],
    ['a Home as a modal', viewErrors({ type: 'home', blocks: [] }, 'modal'), 'view.type: must be modal'],
    [
      'two focused inputs',
      form(typed({ focus_on_load: true, action_id: 'a' }), typed({ focus_on_load: true, action_id: 'b' })),
      'only one element',
    ],
    ['a label that is too long', form(input({ label: plain(x(2001)) })), 'label.text: longer than 2000'],
    ['a hint that is too long', form(input({ hint: plain(x(2001)) })), 'hint.text: longer than 2000'],
    [
      'an initial value that is too long',
      form(typed({ initial_value: 'long', max_length: 3 })),
      'longer than 3 ',
    ],
    ['a max_length above the limit', form(typed({ max_length: 3001 })), 'max_length: must be 1 to 3000'],
    ['a button as input', form(input({ element: button() })), 'unsupported element: button'],
    [
      'too many suggestions',
      suggestionErrors({ options: many(101, (i) => option(`${i}`)) }),
      'more than 100',
    ],
    ['suggestions without options', suggestionErrors({}), 'options: not a list'],
  ];

  test('every message, modal, Home and suggestion beyond a limit is rejected, with the place and the reason', () => {
    const failures = REJECTED.filter(([, errors, expected]) => !errors.join('\n').includes(expected));
    expect(failures).toEqual([]);
  });
});

describe('the text of a message', () => {
  test('the text of a message has a limit when posted, a lower one when edited, and is required without blocks', () => {
    expect(messageRejection(x(40_000), undefined, 40_000)).toBeNull();
    expect(messageRejection(x(40_001), undefined, 40_000)?.error).toBe('msg_too_long');
    expect(messageRejection(x(4_001), undefined, 4_000)?.error).toBe('msg_too_long');
    expect(messageRejection(undefined, undefined, 40_000)?.error).toBe('no_text');
    expect(messageRejection(' ', [], 40_000)?.error).toBe('no_text');
    expect(messageRejection(undefined, [section()], 40_000)).toBeNull();
    expect(messageRejection(7, undefined, 40_000)?.error).toBe('invalid_arguments');
    expect(messageRejection('a', [{}], 40_000)?.error).toBe('invalid_blocks');
  });
});
