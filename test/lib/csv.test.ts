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

test('text that a spreadsheet separating by semicolons or tabs could take for a formula begins with an apostrophe, even after a quotation mark', () => {
  // Excel separates by semicolons in many countries; there, a line end within quotation marks begins a new line.
  for (const separator of [';', '\t', '\n', '\r\n'])
    for (const formula of ['=1', ' =1', '"=1', '+1', '-1', '@a', '＝1'])
      for (const cell of csvLine(['x', `a${separator}${formula}`])
        .trimEnd()
        .split(separator)
        .slice(1))
        expect(cell, JSON.stringify([separator, formula])).toMatch(/^'/);
  expect(csvLine(['prod; dev'])).toBe('prod; dev\r\n');
});
