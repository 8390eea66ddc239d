import { expect, test } from 'vitest';
import { csvLine } from '../../src/lib/csv.ts';

test('a line ends with CRLF, and a cell with a comma, a quotation mark or a line end is quoted', () => {
  expect(csvLine(['plain', '', 'a,b', 'say "x"', 'two\nlines'])).toBe('plain,,"a,b","say ""x""","two\nlines"\r\n');
});

test('a cell that a spreadsheet could take for a formula begins with an apostrophe', () => {
  for (const first of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
    expect(csvLine([`${first}1`]), JSON.stringify(first)).toMatch(/^"?'/);
  expect(csvLine(['a=1', "'=1", '1-2'])).toBe("a=1,'=1,1-2\r\n");
});
