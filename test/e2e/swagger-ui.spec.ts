import { testApp, type TestApp } from '../support';

let app: TestApp;
let page: string;
let policy: ReadonlyMap<string, readonly string[]>;

interface Loaded {
  /** The directive of the Content-Security-Policy that decides. */
  readonly directive: 'script-src' | 'style-src' | 'img-src';
  readonly url: URL;
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)["']`, 'i').exec(tag)?.[1];
}

/** Everything that the page tells a browser to load. */
function loaded(): Loaded[] {
  const found: Loaded[] = [];
  for (const [tag] of page.matchAll(/<(?:script|link|img)\b[^>]*>/gi)) {
    const from = attribute(tag, 'src') ?? attribute(tag, 'href');
    if (from === undefined) continue;
    const isImage = /^<img/i.test(tag) || /icon/i.test(attribute(tag, 'rel') ?? '');
    const directive = /^<script/i.test(tag) ? 'script-src' : isImage ? 'img-src' : 'style-src';
    found.push({ directive, url: new URL(from, `${app.url}/docs`) });
  }
  return found;
}

beforeAll(async () => {
  app = await testApp({ env: { ROLE: 'api' } });
  const { text, headers } = await app.http().get('/docs').redirects(1).expect(200);
  page = text;
  policy = new Map(
    (headers['content-security-policy'] ?? '').split(';').map((part) => {
      const [name = '', ...sources] = part.trim().split(/\s+/);
      return [name, sources] as const;
    }),
  );
});
afterAll(() => app.stop());

it('loads only what the page may load by its own policy', () => {
  const all = loaded();
  expect(all.filter(({ directive }) => directive === 'script-src').length).toBeGreaterThanOrEqual(2);
  expect(all.filter(({ directive }) => directive === 'style-src').length).toBeGreaterThanOrEqual(1);
  for (const { directive, url } of all) {
    const sources = policy.get(directive) ?? policy.get('default-src') ?? [];
    if (url.protocol === 'data:')
      expect([directive, sources]).toEqual(['img-src', expect.arrayContaining(['data:'])]);
    else {
      expect(url.origin).toBe(new URL(app.url).origin);
      expect(sources).toContain("'self'");
    }
  }
});

it('holds no script of its own, which the policy would refuse', () => {
  expect(policy.get('script-src')).toEqual(["'self'"]);
  for (const [, content] of page.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/gi))
    expect(content?.trim()).toBe('');
  expect(page).not.toMatch(/<[^>]+\son[a-z]+\s*=/i);
  expect(page).not.toMatch(/javascript:/i);
});

it('holds no style that the policy would refuse', () => {
  if (/<style|\sstyle\s*=/i.test(page)) expect(policy.get('style-src')).toContain("'unsafe-inline'");
});

it('has its files served as what they are: a browser guesses nothing', async () => {
  const types = { 'script-src': /javascript/, 'style-src': /^text\/css/, 'img-src': /^image\// };
  for (const { directive, url } of loaded().filter(({ url }) => url.protocol !== 'data:')) {
    const { headers } = await app.http().get(url.pathname).expect(200);
    expect(headers['content-type']).toMatch(types[directive]);
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
});

it('can be read over plain HTTP', () => expect(policy.has('upgrade-insecure-requests')).toBe(false));
