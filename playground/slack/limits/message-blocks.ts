import type { Json } from '../json.ts';
import { checkList, checkOneOf, checkString, type Problems } from './check.ts';
import { checkRichText } from './rich-text.ts';

/** `table` and `data_table`: at most 100 rows of 20 cells. */
export function checkTable(block: Json, at: string, problems: Problems): void {
  if (block['type'] === 'data_table') {
    checkString(block['caption'], { max: 3000, required: true }, `${at}.caption`, problems);
  }
  const rows = block['rows'];
  if (!Array.isArray(rows) || rows.length === 0) problems.push(`${at}.rows: not a list of rows`);
  else if (rows.length > 100) problems.push(`${at}.rows: more than 100 rows (${rows.length})`);
  else {
    for (const [i, row] of rows.entries()) {
      for (const [j, cell] of checkList(row, { max: 20 }, `${at}.rows[${i}]`, problems).entries()) {
        const place = `${at}.rows[${i}][${j}]`;
        if (cell['type'] === 'rich_text') checkRichText(cell, place, problems);
        else {
          checkOneOf(
            cell['type'] ?? null,
            ['raw_text', 'raw_number', 'rich_text'],
            `${place}.type`,
            problems,
          );
          checkString(cell['text'], { max: 3000, required: true }, `${place}.text`, problems);
        }
      }
    }
  }
}

export function checkTask(block: Json, at: string, problems: Problems): void {
  checkString(block['task_id'], { max: 255, required: true }, `${at}.task_id`, problems);
  checkString(block['title'], { max: 3000, required: true }, `${at}.title`, problems);
  checkOneOf(
    block['status'] ?? null,
    ['pending', 'in_progress', 'complete', 'error'],
    `${at}.status`,
    problems,
  );
  for (const key of ['details', 'output']) {
    if (block[key] !== undefined) checkRichText(block[key], `${at}.${key}`, problems);
  }
}

export function checkPlan(block: Json, at: string, problems: Problems): void {
  checkString(block['title'], { max: 3000, required: true }, `${at}.title`, problems);
  if (block['tasks'] !== undefined) {
    for (const [i, task] of checkList(block['tasks'], { max: 50 }, `${at}.tasks`, problems).entries()) {
      checkTask(task, `${at}.tasks[${i}]`, problems);
    }
  }
}
