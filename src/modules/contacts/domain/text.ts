/** How many characters a text has, as the database counts them. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** One line: one blank for any blanks, line ends and control characters, none around it; no half of a surrogate pair. */
export function asLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .trim();
}

/** Lines as they were written, without what cannot be stored or shown. */
export function asLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]+/gu, '')
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .trim();
}
