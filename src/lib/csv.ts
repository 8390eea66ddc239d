/**
 * What a spreadsheet may take for a formula, full-width forms included, where a cell begins: also after a semicolon or tab,
 * by which it separates in many countries, and after a line end, since it then takes quotation marks within a cell for
 * text. Source: OWASP, "CSV Injection".
 */
const FORMULA = /(?<=^|[;\t\r\n])(?=[ \u00a0"]*[=+\-@＝＋－＠])|^(?=[\t\r\n])/g;

/** One line of a CSV file (RFC 4180). Before what a spreadsheet could take for a formula there is an apostrophe. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string): string {
  const inert = text.replaceAll(FORMULA, "'");
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
