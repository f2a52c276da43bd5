import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import type { Config } from '../../src/common/config';
import { newId } from '../../src/common/context';
import { CredentialsRejected, ProviderUnavailable } from '../../src/modules/channels/domain/errors';
import type { ProviderAccount, ProviderMessage } from '../../src/modules/channels/domain/provider';
import { TwilioHttp } from '../../src/modules/channels/providers/twilio/twilio-http';
import { TwilioProvider } from '../../src/modules/channels/providers/twilio/twilio.provider';
import type { FaultEffect, TwilioSimulator } from '../../tools/twilio-simulator';
import { aTwilio } from '../support/twilio';
import { until } from '../support/until';

const BUSINESS = '+14155238886';
const CUSTOMER = '+4915112345678';
/** Longer than any machine takes to answer: what is asked for here is the answer. */
const TIMEOUT_MS = 30_000;
/** For the tests of the time-out itself. */
const SHORT_TIMEOUT_MS = 400;

let simulator: TwilioSimulator;
let twilio: TwilioProvider;
let impatient: TwilioProvider;
let account: ProviderAccount;
const providers: TwilioProvider[] = [];
const servers: http.Server[] = [];

function providerAt(apiBaseUrl: string, timeoutMs = TIMEOUT_MS): TwilioProvider {
  const provider = new TwilioProvider({ twilio: { apiBaseUrl, timeoutMs } } as Config);
  providers.push(provider);
  return provider;
}

/** A server that is not Twilio, at which something answers as given. */
async function providerBehind(handler: http.RequestListener, timeoutMs?: number): Promise<TwilioProvider> {
  const server = http.createServer(handler);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return providerAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, timeoutMs);
}

const FROM_BUSINESS = { channel: 'whatsapp', from: BUSINESS, fromNumberId: null } as const;

function aMessage(given: Partial<ProviderMessage> = {}): ProviderMessage {
  const statusCallback = 'http://127.0.0.1:9/callback?message=1';
  const content = { body: 'Hello', files: [], template: null };
  return { ...FROM_BUSINESS, to: CUSTOMER, ...content, messageId: newId(), statusCallback, ...given };
}

let customers = 1_000_000;
const aCustomer = (): string => `+49152${++customers}`;

/** The messages that Twilio has for a customer. */
const sentTo = (to: string) => simulator.messages({ to: `whatsapp:${to}` });

beforeAll(async () => {
  simulator = await aTwilio({ settings: { callbacks: false, callbackDelayMs: 1 } });
  const { sid, authToken } = simulator.addAccount();
  simulator.addNumber({ accountSid: sid, address: `whatsapp:${BUSINESS}` });
  account = { accountId: sid, secrets: { authToken } };
  twilio = providerAt(simulator.url);
  impatient = providerAt(simulator.url, SHORT_TIMEOUT_MS);
});
afterEach(() => simulator.faults.clear());
afterAll(async () => {
  for (const provider of providers) provider.onApplicationShutdown();
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  await simulator.close();
});

describe('sending', () => {
  test('an accepted message is told with its id', async () => {
    const outcome = await twilio.send(account, aMessage({ to: '+4915100000001', body: 'Grüße & 👋' }));
    const [message] = sentTo('+4915100000001');
    expect(outcome).toEqual({ kind: 'accepted', providerMessageId: message?.sid, status: 'queued' });
    expect(message).toMatchObject({
      from: `whatsapp:${BUSINESS}`,
      body: 'Grüße & 👋',
      statusCallback: 'http://127.0.0.1:9/callback?message=1',
    });
  });

  test('a person without a number is reached by their id', async () => {
    const outcome = await twilio.send(account, aMessage({ to: 'US.13491208655302741918' }));
    expect(outcome.kind).toBe('accepted');
    expect(sentTo('US.13491208655302741918')).toHaveLength(1);
  });

  test.each<[string, FaultEffect, object]>([
    [
      'opted out',
      { kind: 'fail', status: 400, code: 21610 },
      { kind: 'refused', code: 'opted_out', providerCode: 21610 },
    ],
    [
      'outside the window',
      { kind: 'fail', status: 400, code: 63016 },
      { kind: 'refused', code: 'outside_window', providerCode: 63016 },
    ],
    [
      'no number',
      { kind: 'fail', status: 400, code: 21211 },
      { kind: 'refused', code: 'invalid_number', providerCode: 21211 },
    ],
    [
      'rate limit',
      { kind: 'fail', status: 429, code: 20429, retryAfter: 9 },
      { kind: 'retry', code: 'rate_limited', afterSeconds: 9 },
    ],
    ['server error', { kind: 'fail', status: 500, code: 20500 }, { kind: 'unknown' }],
    ['unavailable', { kind: 'fail', status: 503, code: 20503 }, { kind: 'unknown' }],
  ])('%s', async (_name, fault, outcome) => {
    simulator.faults.add(fault);
    expect(await twilio.send(account, aMessage({ to: '+4915100000002' }))).toEqual(outcome);
    expect(sentTo('+4915100000002')).toEqual([]);
  });

  test('a rate limit is not tried again behind our back', async () => {
    simulator.faults.add({ kind: 'fail', status: 429, code: 20429 });
    await twilio.send(account, aMessage({ to: '+4915100000003' }));
    expect(sentTo('+4915100000003')).toEqual([]);
  });

  test('an account that is suspended is refused', async () => {
    const { sid, authToken } = simulator.addAccount({ status: 'suspended' });
    const suspended = { accountId: sid, secrets: { authToken } };
    expect(await twilio.send(suspended, aMessage())).toEqual({
      kind: 'refused',
      code: 'credentials_rejected',
      providerCode: 20003,
    });
  });

  test.each<[string, FaultEffect, number]>([
    ['accepted, then the connection breaks', { kind: 'drop' }, 1],
    ['the connection breaks before', { kind: 'dropBefore' }, 0],
  ])('unknown: %s', async (_name, fault, recorded) => {
    const to = aCustomer();
    simulator.faults.add(fault);
    expect(await twilio.send(account, aMessage({ to }))).toEqual({ kind: 'unknown' });
    expect(sentTo(to)).toHaveLength(recorded);
  });

  test('unknown: accepted, but the answer is late', async () => {
    const to = aCustomer();
    simulator.faults.add({ kind: 'delay', ms: 10 * SHORT_TIMEOUT_MS, to: `whatsapp:${to}`, times: 'always' });
    // On a machine so slow that a request does not arrive in this time, another one may.
    await until(async () => {
      expect(await impatient.send(account, aMessage({ to }))).toEqual({ kind: 'unknown' });
      return sentTo(to).length > 0;
    });
  });

  test('an answer that trickles in is given up at the time-out, too', async () => {
    const trickling = await providerBehind((_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    }, SHORT_TIMEOUT_MS);
    // It would trickle for ever: that there is an outcome at all is what is tested.
    expect(await trickling.send(account, aMessage())).toEqual({ kind: 'unknown' });
  });

  test('an acceptance that cannot be read is unknown', async () => {
    const garbled = await providerBehind((_request, response) => response.writeHead(201).end('<html>'));
    expect(await garbled.send(account, aMessage())).toEqual({ kind: 'unknown' });
  });

  test('a redirect is not followed', async () => {
    let calls = 0;
    const redirecting = await providerBehind((request, response) => {
      calls++;
      response.writeHead(307, { location: request.url ?? '/' }).end();
    });
    expect((await redirecting.send(account, aMessage())).kind).toBe('unknown');
    expect(calls).toBe(1);
  });

  test.each(['http://127.0.0.1:9', 'http://no-such-host.invalid'])(
    'retry: %s takes no connection',
    async (url) => {
      expect(await providerAt(url).send(account, aMessage())).toEqual({
        kind: 'retry',
        code: 'provider_unavailable',
      });
    },
  );

  test('connections are used again', async () => {
    const ports = new Set<number | undefined>();
    const counting = await providerBehind((request, response) => {
      ports.add(request.socket.remotePort);
      request.resume().on('end', () => response.writeHead(400).end('{"code":21610}'));
    });
    for (let i = 0; i < 5; i++) await counting.send(account, aMessage());
    expect(ports.size).toBe(1);
  });
});

describe("every form of a message is valid by Twilio's published description", () => {
  const media = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      url: `https://salon.example/files/${i}.jpg?signature=a%2Bb&name=Gr%C3%BC%C3%9Fe`,
      contentType: 'image/jpeg',
      name: null,
    }));
  const contentId = `HX${'a1'.repeat(16)}`;
  const template = (variables: Readonly<Record<string, string>>) => ({
    body: null,
    template: { contentId, variables },
  });
  beforeAll(() => simulator.addContent({ accountSid: account.accountId, sid: contentId, body: 'Hello' }));

  test.each<[string, Partial<ProviderMessage>]>([
    ['a text', {}],
    ['a text of 1,600 characters', { body: '🙂'.repeat(1600) }],
    [
      'a text of everything that forms and JSON escape',
      { body: 'a=b&c=d;e+f%20g#h?i\\j"k\'l[m]<n>\t\r\n\u0085\u2028ü→👨‍👩‍👧' },
    ],
    ['a text of blanks', { body: '  ' }],
    ['a text from right to left', { body: 'مرحبا \u202b12:30\u202c שלום' }],
    ...Array.from({ length: 10 }, (_, i): [string, Partial<ProviderMessage>] => [
      `${i + 1} files`,
      { body: null, files: media(i + 1) },
    ]),
    ['files with a text', { body: 'Before & after', files: media(2) }],
    ['a template without variables', template({})],
    ['a template with variables', template({ 1: 'Ann', 2: '12:30', name: 'Zoë "Z" O\'Hara' })],
    ['a template with odd variables', template({ 1: 'a    b', 2: '\\', 3: '{{1}}', 4: '}' })],
    ['a person without a number', { to: 'US.13491208655302741918' }],
    [
      'a long address for the status',
      { statusCallback: `https://salon.example/cb?message=${'x'.repeat(4_000)}` },
    ],
    [
      'an address with escapes for the status',
      { statusCallback: 'https://salon.example/a%2Fb?c=d%26e&f=%C3%BC' },
    ],
  ])('%s', async (_name, form) => {
    const message = aMessage({ to: aCustomer(), ...form });
    const arrived = simulator.counts.messages;
    const { kind } = await twilio.send(account, message);
    expect(simulator.violations()).toEqual([]);
    expect([kind, simulator.counts.messages]).toEqual(['accepted', arrived + 1]);
    const [got] = simulator.messages({ to: `whatsapp:${message.to}` });
    expect(got).toMatchObject({
      body: message.body ?? (message.template ? 'Hello' : ''),
      mediaUrls: message.files.map(({ url }) => url),
      contentSid: message.template?.contentId ?? null,
      contentVariables: message.template && JSON.stringify(message.template.variables),
      statusCallback: message.statusCallback,
    });
  });

  test('an SMS', async () => {
    simulator.addNumber({ accountSid: account.accountId, address: BUSINESS });
    expect((await twilio.send(account, aMessage({ channel: 'sms', to: aCustomer() }))).kind).toBe('accepted');
    expect(simulator.violations()).toEqual([]);
  });
});

describe('looking up what was sent', () => {
  const to = '+4915100000020';

  test('finds the messages to one person, newest first, with what they said', async () => {
    const since = new Date();
    await twilio.send(account, aMessage({ to, body: 'first' }));
    simulator.faults.add({ kind: 'drop' });
    await twilio.send(account, aMessage({ to, body: 'second' }));
    await twilio.send(account, aMessage({ to: '+4915100000021', body: 'to another' }));
    const found = await twilio.listSent(account, { ...FROM_BUSINESS, to, since });
    expect(found.map(({ body }) => body)).toEqual(['second', 'first']);
    expect(found.map(({ providerMessageId }) => providerMessageId)).toEqual(sentTo(to).map(({ sid }) => sid));
    expect(found[0]?.sentAt).toBeInstanceOf(Date);
  });

  test('leaves out what is older', async () => {
    const since = new Date(Date.now() + 60_000);
    expect(await twilio.listSent(account, { ...FROM_BUSINESS, to, since })).toEqual([]);
  });

  test('tells a failure with its code', async () => {
    const lost = '+4915100000022';
    simulator.faults.add({ kind: 'failDelivery', errorCode: 63024 });
    await twilio.send(account, aMessage({ to: lost }));
    await simulator.idle();
    const query = { ...FROM_BUSINESS, to: lost, since: new Date(0) };
    expect(await twilio.listSent(account, query)).toMatchObject([
      { status: 'undelivered', refusal: { code: 'invalid_number', providerCode: 63024 } },
    ]);
  });

  test('throws when nothing can be known', async () => {
    const query = { ...FROM_BUSINESS, to, since: new Date(0) };
    simulator.faults.add({ kind: 'fail', status: 503, code: 20503, on: 'read' });
    await expect(twilio.listSent(account, query)).rejects.toBeInstanceOf(ProviderUnavailable);
    simulator.faults.add({ kind: 'fail', status: 429, code: 20429, retryAfter: 4, on: 'read' });
    await expect(twilio.listSent(account, query)).rejects.toMatchObject({ retryAfterSeconds: 4 });
    const wrong = { ...account, secrets: { authToken: 'wrong-wrong-wrong' } };
    await expect(twilio.listSent(wrong, query)).rejects.toBeInstanceOf(CredentialsRejected);
  });
});

describe('checking an account', () => {
  test('right, wrong, unknown, suspended, closed', async () => {
    const suspended = simulator.addAccount({ status: 'suspended' });
    const check = (accountId: string, authToken: string) =>
      twilio.verifyAccount({ accountId, secrets: { authToken } });
    const { accountId, secrets } = account;
    expect(await twilio.verifyAccount(account)).toEqual({ kind: 'accepted', address: null, expireAt: null });
    expect(await check(accountId, 'wrong-wrong-wrong')).toEqual({ kind: 'rejected' });
    expect(await check(`AC${'9'.repeat(32)}`, secrets['authToken']!)).toEqual({ kind: 'rejected' });
    expect(await check(suspended.sid, suspended.authToken)).toEqual({ kind: 'suspended' });
  });

  test.each<[string, http.RequestListener]>([
    ['answers 503', (_request, response) => response.writeHead(503).end('{}')],
    ['answers 429', (_request, response) => response.writeHead(429).end('{"code":20429}')],
    ['hangs up', (request) => request.socket.destroy()],
    ['talks nonsense', (_request, response) => response.writeHead(200).end('<html>')],
  ])('nothing is known when the provider %s', async (_name, handler) => {
    const trouble = await providerBehind(handler);
    expect((await trouble.verifyAccount(account)).kind).toBe('unavailable');
  });

  test('nothing is known when the provider never answers', async () => {
    const silent = await providerBehind(() => undefined, SHORT_TIMEOUT_MS);
    expect((await silent.verifyAccount(account)).kind).toBe('unavailable');
  });
});

test('an error bears neither the token nor the text nor the number', async () => {
  const client = new TwilioHttp(TIMEOUT_MS);
  const request = {
    method: 'post',
    uri: 'http://127.0.0.1:9/',
    username: account.accountId,
    password: 'the-token-that-nobody-sees',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    data: { To: CUSTOMER, Body: 'the text that nobody sees' },
  } as const;
  const error: unknown = await client.request(request).catch((caught: unknown) => caught);
  const shown = inspect({ error, request: client.lastRequest, response: client.lastResponse }, { depth: 10 });
  expect(error).toMatchObject({ name: 'TwilioSilence', neverSent: true });
  expect(shown).not.toMatch(/nobody sees|4915112345678/);
  expect(shown).not.toContain(
    Buffer.from(`${account.accountId}:the-token-that-nobody-sees`).toString('base64'),
  );
  client.close();
});
