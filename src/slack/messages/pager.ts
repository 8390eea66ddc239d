import type { Button } from '@slack/types';
import type { Page } from '../../lib/page.ts';
import { button } from './blocks.ts';

/** "16–30 of 200" and the buttons that turn the pages; the view travels in their values. */
export function pager<View extends { readonly offset: number }>(
  page: Page<unknown>,
  view: View,
  size: number,
  ids: { previous: string; next: string; words: { previous: string; next: string } },
): { range: string | null; buttons: Button[] } {
  if (page.total <= size && view.offset === 0) return { range: null, buttons: [] };
  const turn = (text: string, actionId: string, offset: number) =>
    button(text, actionId, { value: JSON.stringify({ ...view, offset }) });
  const buttons: Button[] = [];
  if (view.offset > 0) buttons.push(turn(ids.words.previous, ids.previous, Math.max(0, view.offset - size)));
  if (view.offset + size < page.total) buttons.push(turn(ids.words.next, ids.next, view.offset + size));
  const range =
    page.rows.length === 0
      ? `Nothing from ${view.offset + 1} on; there are ${page.total}.`
      : `${view.offset + 1}–${view.offset + page.rows.length} of ${page.total}`;
  return { range, buttons };
}
