/**
 * Text that a spreadsheet may take for a formula, full-width forms included, at the beginning of a cell. Where
 * semicolons or tabs separate cells, as in many countries, a cell also begins after those, and after a line end, since
 * quotation marks within a cell are then taken for text. Source: OWASP, "CSV Injection".
 */
const FORMULA = /(?<=^|[;\t\r\n])(?=[ \u00a0"]*[=+\-@＝＋－＠])|^(?=[\t\r\n])/g;

/** One line of a CSV file (RFC 4180). Text that a spreadsheet could take for a formula gets an apostrophe before it. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string): string {
  const inert = text.replaceAll(FORMULA, "'");
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
