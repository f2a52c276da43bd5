/** A number of a few digits that SMS are written to within one country; it has no international form. */
export function isShortCode(text: string): boolean {
  return /^[0-9]{3,8}$/.test(text);
}
