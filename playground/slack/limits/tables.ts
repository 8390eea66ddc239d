import { isJson, type Json, stringOf } from '../json.ts';
import { checkList, checkOneOf, checkString, type LimitErrors } from './check.ts';
import { checkRichText } from './rich-text.ts';

const CELLS = ['raw_text', 'raw_number', 'rich_text'];
/** Maximum characters in all cells of a data table. */
const MAX_TEXT = 20_000;

/** `table`: at most 100 rows of 20 cells. */
export function checkTable(block: Json, at: string, errors: LimitErrors): void {
  for (const [i, row] of rowsOf(block, { min: 1, max: 100 }, at, errors).entries())
    checkCells(row, CELLS, `${at}.rows[${i}]`, errors);
}

/** `data_table`: a header and 1 to 200 rows, all of one length, and a caption. */
export function checkDataTable(block: Json, at: string, errors: LimitErrors): void {
  checkString(block['caption'], { max: 3000, required: true }, `${at}.caption`, errors);
  const size = block['page_size'] ?? 5;
  if (!Number.isInteger(size) || Number(size) < 1 || Number(size) > 100) errors.push(`${at}.page_size: not 1 to 100`);
  const rows = rowsOf(block, { min: 2, max: 201 }, at, errors);
  let text = 0;
  for (const [i, row] of rows.entries()) {
    const cells = checkCells(row, i === 0 ? CELLS.slice(0, 2) : CELLS, `${at}.rows[${i}]`, errors);
    text += cells.reduce((sum, cell) => sum + stringOf(cell['text']).length, 0);
    if (Array.isArray(rows[0]) && cells.length !== rows[0].length)
      errors.push(`${at}.rows[${i}]: not as long as the header`);
  }
  if (text > MAX_TEXT) errors.push(`${at}.rows: more than ${MAX_TEXT} characters (${text})`);
}

function rowsOf(block: Json, { min, max }: { min: number; max: number }, at: string, errors: LimitErrors): unknown[] {
  const rows = block['rows'];
  if (!Array.isArray(rows) || rows.length === 0) errors.push(`${at}.rows: not a list of rows`);
  else if (rows.length < min) errors.push(`${at}.rows: fewer than ${min} rows`);
  else if (rows.length > max) errors.push(`${at}.rows: more than ${max} rows (${rows.length})`);
  else return rows;
  return [];
}

function checkCells(row: unknown, types: readonly string[], at: string, errors: LimitErrors): readonly Json[] {
  const cells = checkList(row, { max: 20 }, at, errors);
  for (const [j, cell] of cells.entries()) {
    const place = `${at}[${j}]`;
    checkOneOf(isJson(cell) ? (cell['type'] ?? null) : null, types, `${place}.type`, errors);
    if (cell['type'] === 'rich_text') checkRichText(cell, place, errors);
    else if (cell['type'] !== 'raw_number')
      checkString(cell['text'], { max: 3000, required: true }, `${place}.text`, errors);
  }
  return cells;
}
