import type { Button } from '@slack/types';
import type { Page } from '../../lib/page.ts';
import { button, note, type Row } from './blocks.ts';

interface Turn {
  readonly text: string;
  /** The button's action id. */
  readonly id: string;
}

/** "16–30 of 200" and the buttons that turn the pages; the view travels in their values. Nothing for a single page. */
export function pager<View extends { readonly offset: number }>(
  page: Page<unknown>,
  view: View,
  size: number,
  { previous, next }: { readonly previous: Turn; readonly next: Turn },
): { range: Row | null; turns: Button[] } {
  const { offset } = view;
  const { rows, total } = page;
  if (total <= size && offset === 0) return { range: null, turns: [] };
  const turnTo = ({ text, id }: Turn, to: number) =>
    button(text, id, { value: JSON.stringify({ ...view, offset: to }) });
  const turns: Button[] = [];
  if (offset > 0) turns.push(turnTo(previous, Math.max(0, offset - size)));
  if (offset + size < total) turns.push(turnTo(next, offset + size));
  const range =
    rows.length === 0
      ? `Nothing from ${offset + 1} on; there are ${total}.`
      : `${offset + 1}–${offset + rows.length} of ${total}`;
  return { range: note(range), turns };
}
