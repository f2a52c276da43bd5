import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { FetchFailed, FetchRefused, GuardedFetch, type FetchRules } from '../../../src/common/guarded-fetch';

const MB = 1_048_576;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Site {
  readonly origin: string;
  readonly requests: http.IncomingMessage[];
}

async function listening(server: net.Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function aSite(handler: http.RequestListener): Promise<Site> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  const origin = await listening(server);
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin, requests };
}

/** A server that says what it likes, byte for byte. */
async function aRawSite(talk: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => talk(socket));
  });
  closers.push(async () => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  });
  return listening(server);
}

const BOUNDS = { maxBytes: MB, totalMs: 2_000, connectMs: 1_000 };

async function got(
  url: string,
  rules: FetchRules,
  bounds = BOUNDS,
  guarded = new GuardedFetch(),
): Promise<Buffer> {
  const { body } = await guarded.get(url, rules, bounds);
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const trusting = (...trustedOrigins: string[]): FetchRules => ({ hosts: [], trustedOrigins });
const refused = (code: string) => expect.objectContaining({ name: 'FetchRefused', code });
const failed = (code: string) => expect.objectContaining({ name: 'FetchFailed', code });

/** A fetch for which every name has these addresses, one list for each time it is asked. */
function resolving(...answers: string[][]): { guarded: GuardedFetch; asked: string[] } {
  const guarded = new GuardedFetch();
  const asked: string[] = [];
  guarded.resolve = async (host): Promise<LookupAddress[]> => {
    asked.push(host);
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    return answer.map((address) => ({ address, family: net.isIP(address) }));
  };
  return { guarded, asked };
}

describe('what may be fetched', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://example.com/',
    'https://user:password@example.com/',
    'https://example.com:8443/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'https://localhost/',
    'https://a.localhost/',
    'https://intranet/',
    'no address',
    '',
  ])('is not %s', (url) => expect(got(url, {})).rejects.toEqual(refused('url_not_allowed')));

  it.each([
    ...[
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0177.0.0.1/',
      'https://0x7f.1/',
      'https://127.1/',
    ],
    ...['https://10.0.0.1/', 'https://169.254.169.254/', 'https://[::1]/', 'https://[::ffff:10.0.0.1]/'],
    ...[
      'https://[::ffff:7f00:1]/',
      'https://[64:ff9b::a9fe:a9fe]/',
      'https://[2002:7f00:1::]/',
      'https://0/',
    ],
    ...['https://①②⑦.0.0.1/', 'https://100.64.0.1/'],
  ])('is not %s, however its number is written', (url) =>
    expect(got(url, {})).rejects.toEqual(refused('address_not_public')),
  );

  it.each([
    ['https://api.twilio.com.evil.example/', 'url_not_allowed'],
    ['https://evil.example/?api.twilio.com', 'url_not_allowed'],
    ['https://eviltwiliocdn.com/', 'url_not_allowed'],
    ['https://twiliocdn.com/', 'url_not_allowed'],
    ['https://api.twilio.com./', 'url_not_allowed'],
    ['https://api.twilio.com/', 'address_not_public'],
    ['https://media.twiliocdn.com/', 'address_not_public'],
  ])('of listed hosts: %s', (url, code) => {
    const { guarded } = resolving(['10.0.0.1']);
    const rules = { hosts: ['api.twilio.com', '*.twiliocdn.com'] };
    return expect(got(url, rules, BOUNDS, guarded)).rejects.toEqual(refused(code));
  });

  it('is no name of which one address is within', async () => {
    const { guarded } = resolving(['8.8.8.8', '10.0.0.1']);
    await expect(got('https://example.com/', {}, BOUNDS, guarded)).rejects.toEqual(
      refused('address_not_public'),
    );
  });

  it('is what was checked: a name is asked once, and a later answer counts for nothing', async () => {
    // The address for documentation is not routed: had the name been asked again, this machine would have answered.
    const site = await aSite((_, response) => response.end('within'));
    const { port } = new URL(site.origin);
    const { guarded, asked } = resolving(['203.0.113.1'], ['127.0.0.1']);
    const rules = trusting(`http://rebinding.example:${port}`);
    const url = `http://rebinding.example:${port}/`;
    await expect(got(url, rules, { ...BOUNDS, connectMs: 300 }, guarded)).rejects.toBeInstanceOf(FetchFailed);
    expect(asked).toEqual(['rebinding.example']);
    expect(site.requests).toHaveLength(0);
  });

  it('is connected to at the address that was checked', async () => {
    const site = await aSite((_, response) => response.end('here'));
    const { port } = new URL(site.origin);
    const { guarded, asked } = resolving(['127.0.0.1'], ['203.0.113.1']);
    const origin = `http://stand-in.example:${port}`;
    expect((await got(`${origin}/`, trusting(origin), BOUNDS, guarded)).toString()).toBe('here');
    expect(asked).toHaveLength(1);
    expect(site.requests[0]!.headers.host).toBe(`stand-in.example:${port}`);
  });
});

describe('redirects', () => {
  it.each([
    ['http://169.254.169.254/', 'url_not_allowed'],
    ['https://169.254.169.254/', 'url_not_allowed'],
    ['http://127.0.0.1:1/', 'url_not_allowed'],
    ['file:///etc/passwd', 'url_not_allowed'],
    ['//evil.example/', 'url_not_allowed'],
    ['', 'too_many_redirects'],
  ])('to %s are refused', async (location, code) => {
    const site = await aSite((_, response) => response.writeHead(302, { location }).end());
    await expect(got(`${site.origin}/`, trusting(site.origin))).rejects.toEqual(refused(code));
  });

  it('to an inner address are refused where every public host is allowed', async () => {
    const site = await aSite((_, response) => response.writeHead(307, { location: 'https://[::1]/' }).end());
    const rules = { trustedOrigins: [site.origin] };
    await expect(got(site.origin, rules)).rejects.toEqual(refused('address_not_public'));
  });

  it('without an end are followed three times', async () => {
    const site = await aSite(({ url }, response) => response.writeHead(302, { location: `${url}x` }).end());
    await expect(got(`${site.origin}/`, trusting(site.origin))).rejects.toEqual(
      refused('too_many_redirects'),
    );
    expect(site.requests).toHaveLength(4);
  });

  it('to another host do not show it the credentials', async () => {
    const cdn = await aSite((_, response) => response.end('file'));
    const api = await aSite((_, response) =>
      response.writeHead(307, { location: `${cdn.origin}/file` }).end(),
    );
    const rules = {
      ...trusting(api.origin, cdn.origin),
      credentials: { origins: [api.origin], authorization: 'Basic c2VjcmV0' },
    };
    expect((await got(`${api.origin}/media`, rules)).toString()).toBe('file');
    expect(api.requests[0]!.headers.authorization).toBe('Basic c2VjcmV0');
    expect(cdn.requests[0]!.headers).not.toHaveProperty('authorization');
    expect(cdn.requests[0]!.headers).toMatchObject({ 'accept-encoding': 'identity' });
    expect(cdn.requests[0]!.headers).not.toHaveProperty('referer');
  });

  it('to another place of the same host do not show it the credentials, where places are named', async () => {
    const api = await aSite(({ url }, response) => {
      if (url === '/account') response.end('nothing of the account');
      else response.writeHead(307, { location: '/account' }).end();
    });
    const rules = {
      ...trusting(api.origin),
      credentials: { origins: [api.origin], paths: /^\/media\//, authorization: 'Basic c2VjcmV0' },
    };
    await got(`${api.origin}/media/1`, rules);
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Basic c2VjcmV0', undefined]);
  });
});

describe('answers', () => {
  it('that say they are too long are not read', async () => {
    let written = 0;
    const site = await aSite((_, response) => {
      response.writeHead(200, { 'content-length': 100 * MB });
      response.write('x');
      written++;
    });
    await expect(got(site.origin, trusting(site.origin))).rejects.toEqual(refused('too_large'));
    expect(written).toBe(1);
  });

  it('of 100 MB and without an end are cut off at the limit, and little of them is in memory', async () => {
    let sent = 0;
    const piece = Buffer.alloc(65_536);
    const site = await aSite((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
        sent += piece.length;
      };
      response.on('drain', more);
      more();
    });
    const before = process.memoryUsage().arrayBuffers;
    const { body } = await new GuardedFetch().get(site.origin, trusting(site.origin), BOUNDS);
    let peak = 0;
    const reading = (async () => {
      for await (const part of body)
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - before, (part as Buffer).length);
    })();
    await expect(reading).rejects.toEqual(refused('too_large'));
    expect(peak).toBeLessThan(32 * MB);
    // What the machine keeps on the way counts as sent.
    expect(sent).toBeLessThan(32 * MB);
  });

  it('that nobody reads are not read ahead', async () => {
    let sent = 0;
    const site = await aSite((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on('drain', more);
      more();
    });
    const { body } = await new GuardedFetch().get(site.origin, trusting(site.origin), {
      ...BOUNDS,
      maxBytes: 1024 * MB,
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent).toBeLessThan(32 * MB);
    body.destroy();
  });

  it.each<[string, (socket: net.Socket) => void, unknown]>([
    [
      'longer than they say',
      (s) => s.write(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more`),
      'hello',
    ],
    [
      'shorter than they say',
      (s) => s.end(`HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello`),
      failed('broken_off'),
    ],
    [
      'broken off between pieces',
      (s) => s.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
      failed('broken_off'),
    ],
    [
      'packed',
      (s) => s.end('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n'),
      refused('not_plain'),
    ],
    [
      'of 64 KB of headers',
      (s) => s.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(65_536)}\r\n\r\n`),
      failed('unreachable'),
    ],
    ['no HTTP', (s) => s.end('SSH-2.0-OpenSSH\r\n'), failed('unreachable')],
    [
      'a part',
      (s) => s.end('HTTP/1.1 206 Partial Content\r\nContent-Length: 0\r\n\r\n'),
      failed('bad_answer'),
    ],
    ['gone', (s) => s.end('HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n'), refused('not_found')],
    ['closed to us', (s) => s.end('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n'), refused('not_permitted')],
    ['a fault', (s) => s.end('HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n'), failed('bad_answer')],
  ])('that are %s', async (_, talk, outcome) => {
    const origin = await aRawSite(talk);
    const result = got(origin, trusting(origin));
    if (typeof outcome === 'string') expect((await result).toString()).toBe(outcome);
    else await expect(result).rejects.toEqual(outcome);
  });

  const drip = (socket: net.Socket, text: string): void => {
    const timer = setInterval(() => socket.write(text), 20);
    socket.once('close', () => clearInterval(timer));
  };

  it.each<[string, (socket: net.Socket) => void]>([
    ['never come', () => undefined],
    [
      'whose headers trickle',
      (s) => {
        s.write('HTTP/1.1 200 OK\r\n');
        drip(s, 'X: x\r\n');
      },
    ],
    [
      'whose body trickles',
      (s) => {
        s.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
        drip(s, 'x');
      },
    ],
    ['that stall', (s) => s.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhello')],
  ])('that %s are cut off when their time is over', async (_, talk) => {
    const origin = await aRawSite(talk);
    await expect(got(origin, trusting(origin), { ...BOUNDS, totalMs: 300 })).rejects.toEqual(
      failed('timed_out'),
    );
  });

  it('from a name that is not answered are not waited for', async () => {
    const guarded = new GuardedFetch();
    guarded.resolve = () => new Promise(() => undefined);
    await expect(got('https://example.com/', {}, { ...BOUNDS, totalMs: 100 }, guarded)).rejects.toEqual(
      failed('timed_out'),
    );
  });

  it('say nothing of the address when they fail', async () => {
    const error: unknown = await got('https://example.com:444/secret', {}).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FetchRefused);
    expect(JSON.stringify([String(error), error])).not.toContain('secret');
  });
});
