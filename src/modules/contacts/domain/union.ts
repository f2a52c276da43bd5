/** Items of lists once each whatever their case, in the order and the spelling in which they came first. */
export function union(...lists: readonly (readonly string[])[]): string[] {
  const items = new Map<string, string>();
  for (const item of lists.flat()) if (!items.has(item.toLowerCase())) items.set(item.toLowerCase(), item);
  return [...items.values()];
}
