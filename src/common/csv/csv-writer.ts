/** What a spreadsheet takes for the beginning of a formula. https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** A telephone number as we keep it: what a spreadsheet makes of it is a number, and nothing runs. */
const PHONE = /^\+\d{1,15}$/;
/** What {@link neutralised} does, and could have done: a quote before a formula, or before such a quote. */
const QUOTED_FORMULA = /^'+[=+\-@\t\r\n＝＋－＠]/;

/**
 * A cell that no spreadsheet runs: a quote goes before what begins like a formula, and before a quote that does so already,
 * so that {@link original} gives back every text. Telephone numbers in E.164 stay as they are.
 */
export function neutralised(text: string): string {
  return (FORMULA.test(text) && !PHONE.test(text)) || QUOTED_FORMULA.test(text) ? `'${text}` : text;
}

/** What {@link neutralised} was given. A text that it cannot have made stays as it is. */
export function original(cell: string): string {
  return QUOTED_FORMULA.test(cell) && !PHONE.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** One line of a CSV file by RFC 4180, each cell neutralised and quoted where it needs be. Null is an empty cell. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  const texts = cells.map((cell) => (cell === null ? '' : quoted(neutralised(String(cell)))));
  return `${texts.join(',')}\r\n`;
}

function quoted(text: string): string {
  return /[",;\t|\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
