/** Several items in one cell of a file, semicolons between them. One that has a semicolon itself has a backslash before it. */
export function joinItems(items: readonly string[]): string {
  return items.map((item) => item.replace(/[\\;]/g, '\\$&')).join(';');
}

/** The items of a cell. A backslash before anything but a semicolon or another one is text. */
export function splitItems(cell: string): string[] {
  const items: string[] = [];
  let item = '';
  for (const [part] of cell.matchAll(/\\[\\;]|[^]/g)) {
    if (part === ';') {
      items.push(item);
      item = '';
    } else item += /^\\[\\;]$/.test(part) ? part.slice(1) : part;
  }
  return [...items, item];
}
