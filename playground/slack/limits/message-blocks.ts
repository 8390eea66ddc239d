import type { Json } from '../json.ts';
import { checkList, checkOneOf, checkString, type LimitErrors } from './check.ts';
import { checkRichText } from './rich-text.ts';

/** `table` and `data_table`: at most 100 rows of 20 cells. */
export function checkTable(block: Json, at: string, errors: LimitErrors): void {
  if (block['type'] === 'data_table') {
    checkString(block['caption'], { max: 3000, required: true }, `${at}.caption`, errors);
  }
  const rows = block['rows'];
  if (!Array.isArray(rows) || rows.length === 0) errors.push(`${at}.rows: not a list of rows`);
  else if (rows.length > 100) errors.push(`${at}.rows: more than 100 rows (${rows.length})`);
  else {
    for (const [i, row] of rows.entries()) {
      for (const [j, cell] of checkList(row, { max: 20 }, `${at}.rows[${i}]`, errors).entries()) {
        const place = `${at}.rows[${i}][${j}]`;
        if (cell['type'] === 'rich_text') checkRichText(cell, place, errors);
        else {
          checkOneOf(cell['type'] ?? null, ['raw_text', 'raw_number', 'rich_text'], `${place}.type`, errors);
          checkString(cell['text'], { max: 3000, required: true }, `${place}.text`, errors);
        }
      }
    }
  }
}

export function checkTask(block: Json, at: string, errors: LimitErrors): void {
  checkString(block['task_id'], { max: 255, required: true }, `${at}.task_id`, errors);
  checkString(block['title'], { max: 3000, required: true }, `${at}.title`, errors);
  checkOneOf(block['status'] ?? null, ['pending', 'in_progress', 'complete', 'error'], `${at}.status`, errors);
  for (const key of ['details', 'output']) {
    if (block[key] !== undefined) checkRichText(block[key], `${at}.${key}`, errors);
  }
}

export function checkPlan(block: Json, at: string, errors: LimitErrors): void {
  checkString(block['title'], { max: 3000, required: true }, `${at}.title`, errors);
  if (block['tasks'] !== undefined) {
    for (const [i, task] of checkList(block['tasks'], { max: 50 }, `${at}.tasks`, errors).entries()) {
      checkTask(task, `${at}.tasks[${i}]`, errors);
    }
  }
}
