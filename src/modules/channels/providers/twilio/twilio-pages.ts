/** As many as one page of Twilio's lists holds. */
export const PAGE = 1_000;

/** Of the page's address only the place is kept: whoever followed the address could be led to another host. */
export function nextOf(url: string | undefined): string | null {
  if (!url) return null;
  const query = new URL(url).searchParams;
  const [number, token] = [query.get('Page'), query.get('PageToken')];
  return number && token ? `${number} ${token}` : null;
}

/** Where a page of a list begins, as the SDK takes it. */
export function placeOf(page: string | null): { pageNumber?: number; pageToken?: string } {
  const [number, token] = page?.split(' ') ?? [];
  return number && token ? { pageNumber: Number(number), pageToken: token } : {};
}
