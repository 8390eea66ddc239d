import { messageRejection, viewErrors } from '../../playground/slack/limits/limits.ts';

/** Blocks, messages and views, valid unless changed, and what Slack would reject in them. */

export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const x = (n: number) => 'x'.repeat(n);
export const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));

export const section = (over: object = {}) => ({ type: 'section', text: mrkdwn('Hello'), ...over });
export const button = (over: object = {}) => ({ type: 'button', text: plain('Go'), action_id: 'go', ...over });
export const actions = (...elements: object[]) => ({ type: 'actions', elements });
export const option = (value: string, over: object = {}) => ({ text: plain('An option'), value, ...over });
export const menu = (over: object = {}) => ({ type: 'static_select', options: [option('a')], ...over });
export const confirm = (over: object = {}) => ({
  title: plain('Sure?'),
  text: mrkdwn('It *cannot* be undone.'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...over,
});
export const input = (over: object = {}) => ({
  type: 'input',
  label: plain('Reason'),
  element: { type: 'plain_text_input', action_id: 'text' },
  ...over,
});
export const typed = (over: object) => input({ element: { type: 'plain_text_input', ...over } });
export const rich = (...elements: object[]) => ({ type: 'rich_text', elements });
export const words = (...elements: object[]) => rich({ type: 'rich_text_section', elements });
export const image = (over: object = {}) => ({
  type: 'image',
  alt_text: 'A chart',
  image_url: 'https://example.com/a.png',
  ...over,
});
export const cell = (text: string) => ({ type: 'raw_text', text });
export const dataTable = (over: object = {}) => ({
  type: 'data_table',
  caption: 'A table',
  rows: [[cell('Name')], [cell('a')]],
  ...over,
});
export const card = (over: object = {}) => ({ type: 'card', title: mrkdwn('A card'), ...over });

export const message = (...blocks: unknown[]) => messageRejection('Text', blocks, 40_000)?.messages ?? [];
export const modal = (over: object = {}) =>
  viewErrors({ type: 'modal', title: plain('A form'), blocks: [section()], ...over }, 'modal');
export const form = (...blocks: object[]) => modal({ submit: plain('Send'), blocks });
export const home = (...blocks: object[]) => viewErrors({ type: 'home', blocks }, 'home');
