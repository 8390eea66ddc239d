import { describe, expect, test } from 'vitest';
import { messageRejection, suggestionErrors } from '../../playground/slack/limits/limits.ts';
import {
  actions,
  button,
  card,
  cell,
  confirm,
  dataTable,
  form,
  home,
  image,
  many,
  menu,
  message,
  mrkdwn,
  option,
  plain,
  rich,
  section,
  typed,
  words,
  x,
} from './block-samples.ts';

describe('within the limits', () => {
  const ACCEPTED: readonly (readonly [string, readonly string[]])[] = [
    ['everything at its limit', message(section({ text: mrkdwn(x(3000)) }), { type: 'header', text: plain(x(150)) })],
    ['fields', message({ type: 'section', fields: many(10, () => mrkdwn(x(2000))) })],
    ['fifty blocks', message(...many(50, () => section()))],
    ['a context with an image', message({ type: 'context', elements: [image(), mrkdwn('a')] })],
    ['a full button', message(actions(button({ text: plain(x(75)), value: x(2000), confirm: confirm() })))],
    ['a menu', message(actions(menu({ options: many(100, (i) => option(`${i}`)), initial_option: option('0') })))],
    [
      'grouped options',
      message(actions({ type: 'static_select', option_groups: [{ label: plain('G'), options: [option('a')] }] })),
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
        rich({ type: 'rich_text_list', style: 'bullet', elements: [{ type: 'rich_text_section', elements: [] }] }),
      ),
    ],
    ['a data table in a message', message(dataTable())],
    ['a data table in a Home', home(dataTable({ page_size: 100, rows: many(201, () => [cell('a')]) }))],
    ['a table', message({ type: 'table', rows: [[cell('a'), words({ type: 'text', text: 'b' })]] })],
    ['a card in a message and a Home', [...message(card()), ...home(card({ actions: [button()] }))]],
    [
      'a form',
      form(typed({ initial_value: x(3000), placeholder: plain(x(150)) }), { type: 'alert', text: plain('!') }),
    ],
    ['a Home of a hundred blocks', home(...many(100, () => section()))],
    ['suggestions', suggestionErrors({ options: many(100, (i) => option(`${i}`)) })],
  ];

  test('every message, modal, Home and suggestion within the limits is accepted', () => {
    const failures = ACCEPTED.filter(([, errors]) => errors.length > 0);
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
