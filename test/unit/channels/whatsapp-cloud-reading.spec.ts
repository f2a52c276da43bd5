import { createHmac } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readCloudDelivery } from '../../../src/modules/channels/providers/whatsapp-cloud/cloud-delivery';
import { isSignedByMeta } from '../../../src/modules/channels/providers/whatsapp-cloud/cloud-signature';
import {
  accountCheckOf,
  decidingCode,
  outcomeOf,
  refusalOf,
} from '../../../src/modules/channels/providers/whatsapp-cloud/graph-errors';
import {
  GraphHttp,
  GraphRefusal,
  GraphSilence,
} from '../../../src/modules/channels/providers/whatsapp-cloud/graph-http';
import { readStrictJson, storable } from '../../../src/modules/channels/providers/strict-json';

const SECRET = 'a'.repeat(32);
const sign = (body: Buffer, secret = SECRET, algorithm = 'sha256'): string =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;

describe('the signature of Meta', () => {
  const escaped = Buffer.from(String.raw`{"text":"\u00e4\u00f6\u00e5"}`);
  const header = sign(escaped);

  it('is over the bytes as they came, escapes and all', () => {
    expect(isSignedByMeta(header, escaped, SECRET)).toBe(true);
    expect(isSignedByMeta(header, Buffer.from('{"text":"äöå"}'), SECRET)).toBe(false);
  });

  it.each([
    ['none', undefined],
    ['another secret', sign(escaped, 'b'.repeat(32))],
    ['truncated', header.slice(0, -2)],
    ['longer', `${header}00`],
    ['SHA-1', sign(escaped, SECRET, 'sha1')],
    ['SHA-1 under the name of SHA-256', `sha256=${sign(escaped, SECRET, 'sha1').slice(5)}`],
    ['upper case', header.toUpperCase()],
    ['upper-case digits', `sha256=${header.slice(7).toUpperCase()}`],
    ['two at once', `${header}, ${header}`],
  ])('is refused: %s', (_what, forged) => {
    expect(isSignedByMeta(forged, escaped, SECRET)).toBe(false);
  });

  it('does not fit a body of which one byte was changed, and no empty secret', () => {
    const changed = Buffer.from(escaped);
    changed[3] = 0x58;
    expect(isSignedByMeta(header, changed, SECRET)).toBe(false);
    expect(isSignedByMeta(sign(escaped, ''), escaped, '')).toBe(false);
  });
});

describe('JSON that says one thing', () => {
  const read = (text: string): unknown => readStrictJson(Buffer.from(text));

  it('is read', () => {
    expect(read(String.raw`{"a":[{"b":1},{"b":"x:\"{\\"}],"c":{"a":null}}`)).toEqual({
      a: [{ b: 1 }, { b: 'x:"{\\' }],
      c: { a: null },
    });
  });

  it.each([
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice, once escaped', String.raw`{"a":1,"\u0061":2}`],
    ['a name twice further in', '{"a":[{"b":1,"b":1}]}'],
    ['__proto__', '{"__proto__":{}}'],
    ['a list', '[1]'],
    ['no JSON', '{"a":}'],
    ['an open text', '{"a":"b'],
    ['nothing', ''],
    ['a byte order mark', '\ufeff{}'],
    ['a name that cannot be stored', String.raw`{"a":{"\u0000b":1}}`],
    ['half a character in a name', String.raw`{"a":{"\ud800":1}}`],
    ['a colon without a name', '{"a":[{:1}]}'],
    ['too many values', `{"a":[${'0,'.repeat(300_000)}0]}`],
    ['too deep', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ])('is refused: %s', (_what, text) => {
    expect(read(text)).toBeUndefined();
  });

  // Read anew for each colon the name would take minutes, and the process would answer nobody meanwhile.
  it('is refused at once where one long name stands before many colons', () => {
    expect(read(`{"${'a'.repeat(1_500_000)}":[${'{:},'.repeat(90_000)}{}]}`)).toBeUndefined();
  });

  it('is refused where the bytes are no UTF-8', () => {
    expect(readStrictJson(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeUndefined();
  });

  it('can be stored, whatever a person wrote', () => {
    expect(storable({ a: ['x\0y', '\ud800', '😀'] })).toEqual({ a: ['x\ufffdy', '\ufffd', '😀'] });
  });
});

// Looked for in a list, the senders of this would take minutes.
it('a request with far more messages and contacts than Meta sends is no delivery', () => {
  const contacts = Array.from({ length: 90_000 }, () => ({}));
  const messages = Array.from({ length: 20_000 }, (_, i) => ({
    id: `wamid.${i}`,
    from: '49151',
    type: 'text',
  }));
  const value = { metadata: { phone_number_id: '1' }, contacts, messages };
  const entry = [{ id: '1', changes: [{ field: 'messages', value }] }];
  const rawBody = Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
  const headers = { 'content-type': 'application/json' };
  expect(rawBody.length).toBeLessThan(3 * 1_048_576);
  expect(readCloudDelivery({ url: '', headers, rawBody }).kind).toBe('malformed');
});

describe("Meta's answers", () => {
  it.each([
    [131047, 400, { kind: 'refused', code: 'outside_window', providerCode: 131047 }],
    [131026, 400, { kind: 'refused', code: 'invalid_number', providerCode: 131026 }],
    [190, 401, { kind: 'refused', code: 'credentials_rejected', providerCode: 190 }],
    [3, 500, { kind: 'refused', code: 'credentials_rejected', providerCode: 3 }],
    [132000, 400, { kind: 'refused', code: 'template_variables_invalid', providerCode: 132000 }],
    [131009, 400, { kind: 'refused', code: 'provider_refused', providerCode: 131009 }],
    [130429, 400, { kind: 'retry', code: 'rate_limited' }],
    [80007, 400, { kind: 'retry', code: 'rate_limited' }],
    [80008, 403, { kind: 'retry', code: 'rate_limited' }],
    [613, 400, { kind: 'retry', code: 'rate_limited' }],
    [131056, 400, { kind: 'retry', code: 'rate_limited', isOfRecipient: true }],
    [368, 403, { kind: 'refused', code: 'provider_refused', providerCode: 368 }],
    [130497, 403, { kind: 'refused', code: 'route_not_allowed', providerCode: 130497 }],
    [131062, 400, { kind: 'refused', code: 'route_not_allowed', providerCode: 131062 }],
    [131000, 500, { kind: 'retry', code: 'provider_unavailable' }],
    [1, 400, { kind: 'unknown' }],
    [2, 503, { kind: 'unknown' }],
    [undefined, 502, { kind: 'unknown' }],
  ])('error %s with %d', (code, status, outcome) => {
    expect(outcomeOf(new GraphRefusal(status, code))).toEqual(outcome);
  });

  it('are the reasons of a failed status, too', () => {
    expect(refusalOf(131050)).toEqual({ code: 'opted_out_marketing', providerCode: 131050 });
    expect(refusalOf(130472)).toEqual({ code: 'filtered', providerCode: 130472 });
  });

  it.each([130429, 131048, 131056, 131000, 131016])(
    '%d, told late, lost the message and nothing else',
    (code) => {
      expect(refusalOf(code)).toEqual({ code: 'try_later', providerCode: code });
    },
  );

  it.each<[number[], number | undefined]>([
    [[999, 131026, 131050], 131050],
    [[999, 131026], 131026],
    [[999, 998], 999],
    [[Number.NaN, 1.5], undefined],
    [[], undefined],
  ])('of several, %p, decides %p', (codes, deciding) => {
    expect(decidingCode(codes)).toBe(deciding);
  });

  it.each([4, 17, 80007, 80008, 131016])('%d says nothing of the credentials', (code) => {
    expect(accountCheckOf(new GraphRefusal(403, code))).toEqual({ kind: 'unavailable' });
  });
});

describe('the client of the Graph API', () => {
  const token = 'EAAsecret';
  const listening = (answer: RequestListener): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer(answer);
      server.listen(0, '127.0.0.1', () => resolve(server));
    });

  /** What a call to a server that answers like this comes to. */
  async function trouble(answer: RequestListener, timeoutMs = 5_000): Promise<unknown> {
    const server = await listening(answer);
    const { port } = server.address() as AddressInfo;
    const client = new GraphHttp(`http://127.0.0.1:${port}/v23.0`, timeoutMs);
    try {
      return await client.request({ path: '/1/messages', token, body: { text: 'words' } });
    } catch (error) {
      return error;
    } finally {
      client.close();
      server.closeAllConnections();
      server.close();
    }
  }

  it('tells the code, and nothing of what was said', async () => {
    const error = await trouble((_request, response) => {
      response.writeHead(400, { 'retry-after': '7' });
      response.end(JSON.stringify({ error: { code: 130429, message: `${token} words` } }));
    });
    expect(error).toMatchObject({ status: 400, code: 130429, retryAfterSeconds: 7 });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/EAAsecret|words/);
  });

  it.each<[string, RequestListener]>([
    ['breaks off', (request) => void request.socket.destroy()],
    ['says no JSON', (_request, response) => void response.end('<html>')],
    ['does not answer', () => undefined],
  ])('takes a server that %s for silence after sending', async (_what, answer) => {
    const error = await trouble(answer, 300);
    expect(error).toBeInstanceOf(GraphSilence);
    expect(error).toMatchObject({ neverSent: false });
  });

  it('follows no redirect: the token stays here', async () => {
    const error = await trouble((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' });
      response.end();
    });
    expect(error).toMatchObject({ name: 'GraphRefusal', status: 302 });
  });

  it('knows that nothing was sent where nobody listens', async () => {
    const server = await listening(() => undefined);
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const client = new GraphHttp(`http://127.0.0.1:${port}`, 1_000);
    await expect(client.request({ path: '/1', token })).rejects.toMatchObject({ neverSent: true });
    client.close();
  });
});
