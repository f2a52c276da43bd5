import * as http from 'node:http';
import { CUSTOMER, NUMBER, sdk, startPeer } from './peer';

type Peer = Awaited<ReturnType<typeof startPeer>>;

const FORM = 'application/x-www-form-urlencoded';
const SID = 'a'.repeat(32);

let peer: Peer;
let credentials: string;
let messages: string;

beforeAll(async () => {
  peer = await startPeer({ settings: { callbacks: false, callbackDelayMs: 0 } });
  const { sid, authToken } = peer.account;
  credentials = `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`;
  messages = `/2010-04-01/Accounts/${sid}/Messages.json`;
});
afterEach(() => peer.simulator.clearViolations());
afterAll(() => peer.close());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends a request by hand; answers with its status, Twilio's code, and the violations that were recorded. */
async function request({ method = 'GET', path = messages, query = '', headers = {}, body }: Sent) {
  const response = await fetch(`${peer.simulator.url}${path}${query}`, {
    method,
    headers: { authorization: credentials, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const { code } = (await response.json()) as { code?: number };
  const violations = peer.simulator.violations().map(({ rule, name }) => [rule, name]);
  return { status: response.status, code, violations };
}

const post = (body: string | Buffer, over: Sent = {}) =>
  request({ method: 'POST', body, ...over, headers: { 'content-type': FORM, ...over.headers } });

/** A creation that is valid, with more after it. */
const form = (more = '') =>
  `To=${encodeURIComponent(CUSTOMER)}&From=${encodeURIComponent(NUMBER)}&Body=Hello${more}`;

test('what is valid is no violation', async () => {
  expect(await post(form())).toEqual({ status: 201, code: undefined, violations: [] });
  const charset = { headers: { 'content-type': `${FORM}; charset=UTF-8` } };
  expect(await post(form(), charset)).toMatchObject({ status: 201, violations: [] });
  expect(await request({ query: '?PageSize=1000&DateSent%3E=2026-01-01' })).toMatchObject({
    status: 200,
    violations: [],
  });
});

describe('in the form of a message', () => {
  test.each<[string, string, string, string]>([
    ['a name in lower case', '&statusCallback=https://salon.example', 'unknown name', 'statusCallback'],
    ['a name of the JSON form', '&media_url=https://salon.example', 'unknown name', 'media_url'],
    ['a list with brackets', '&MediaUrl[]=https://salon.example', 'unknown name', 'MediaUrl[]'],
    ['a numbered list', '&MediaUrl0=https://salon.example', 'unknown name', 'MediaUrl0'],
    ['a field that is no list, twice', '&Body=again', 'repeated name', 'Body'],
    ['a boolean that is none', '&SmartEncoded=True', 'value', 'SmartEncoded'],
    ['an integer that is none', '&ValidityPeriod=1.5', 'value', 'ValidityPeriod'],
    ['a number that is none', '&MaxPrice=cheap', 'value', 'MaxPrice'],
    ['a word that is not of the list', '&ContentRetention=keep', 'value', 'ContentRetention'],
    ['a time that is none', '&SendAt=tomorrow', 'value', 'SendAt'],
    ['a time in the form of JavaScript', '&SendAt=Wed+Nov+25+2026+17:00:00', 'value', 'SendAt'],
    ['an id of another kind', `&ApplicationSid=AC${SID}`, 'value', 'ApplicationSid'],
    ['an id that is too long', `&ApplicationSid=AP${SID}a`, 'value', 'ApplicationSid'],
    ['an id that is too short', '&ApplicationSid=AP', 'value', 'ApplicationSid'],
    ['a URL with a space', '&MediaUrl=https://salon.example/a+b.png', 'value', 'MediaUrl'],
  ])('%s', async (_what, more, rule, name) => {
    const before = peer.simulator.messages().length;
    expect(await post(form(more))).toEqual({ status: 400, code: 20001, violations: [[rule, name]] });
    expect(peer.simulator.messages()).toHaveLength(before);
  });

  test.each<[string, string | Buffer]>([
    ['bytes that are not escaped', form('&ContentVariables={"1":"ü"}')],
    ['an escape that is not UTF-8', form('%FF')],
    ['half an escape', form('%4')],
    ['a field without a value', form('&SmartEncoded')],
    ['an empty part', form('&')],
    ['a line break at the end', form('\n')],
  ])('%s is no form', async (_what, body) => {
    expect(await post(body)).toEqual({ status: 400, code: 20001, violations: [['form', null]] });
  });

  test.each([
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain;charset=UTF-8',
    `${FORM};charset=iso-8859-1`,
    `${FORM};boundary=x`,
  ])('the content type %s', async (type) => {
    const { status, violations } = await post(form(), { headers: { 'content-type': type } });
    expect(status).toBe(400);
    expect(violations).toEqual([['content-type', 'content-type']]);
  });

  // Twilio has codes of its own for these, and answers with them.
  test.each<[string, string, number, unknown[]]>([
    ['no recipient', `From=${encodeURIComponent(NUMBER)}&Body=Hello`, 21604, ['missing name', 'To']],
    ['a callback that is no URL', form('&StatusCallback=salon'), 21609, ['value', 'StatusCallback']],
    ['a template that is none', form('&ContentSid=HX1'), 21655, ['value', 'ContentSid']],
  ])('%s', async (_what, body, code, violation) => {
    const { violations, ...answer } = await post(body);
    expect(answer).toEqual({ status: 400, code });
    expect(violations).toContainEqual(violation);
  });

  test('a query where none is taken', async () => {
    expect(await post(form(), { query: '?Body=Hello' })).toMatchObject({
      code: 20001,
      violations: [['unknown name', 'Body']],
    });
  });
});

describe('in what is read', () => {
  test.each<[string, Sent, unknown[]]>([
    ['a name that is not of the query', { query: '?Status=sent' }, ['unknown name', 'Status']],
    ['a name in lower case', { query: '?pageSize=5' }, ['unknown name', 'pageSize']],
    ['a name twice', { query: '?To=%2B491&To=%2B492' }, ['repeated name', 'To']],
    ['a page that is too large', { query: '?PageSize=1001' }, ['value', 'PageSize']],
    ['a page that is too small', { query: '?PageSize=0' }, ['value', 'PageSize']],
    ['a date that is none', { query: '?DateSent=2026-02-30T25:00:00Z' }, ['value', 'DateSent']],
    ['a query that is not UTF-8', { query: '?To=%E4' }, ['form', null]],
  ])('%s', async (_what, sent, violation) => {
    const { status, violations } = await request(sent);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(violations).toEqual([violation]);
  });

  test('a body where none is taken', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { authorization: credentials, 'content-length': 1 };
      const sent = http.request(`${peer.simulator.url}${messages}`, { method: 'GET', headers });
      sent.on('error', reject).on('response', (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      });
      sent.end('x');
    });
    expect(status).toBe(400);
    expect(peer.simulator.violations()).toMatchObject([{ rule: 'body', detail: 'is not taken here' }]);
  });

  test('an id that is none', async () => {
    const path = messages.replace('.json', '/SM1.json');
    expect(await request({ path })).toMatchObject({ code: 20001, violations: [['path parameter', 'Sid']] });
  });

  test('a method and a path that are not published keep their own answers', async () => {
    expect(await request({ method: 'PUT' })).toEqual({
      status: 405,
      code: 20004,
      violations: [['method', null]],
    });
    peer.simulator.clearViolations();
    expect(await request({ path: '/2010-04-01/Accounts.json' })).toEqual({
      status: 404,
      code: 20404,
      violations: [['path', null]],
    });
  });

  test.each(['Bearer x', 'Basic !!', `Basic ${Buffer.from('name').toString('base64')}`])(
    'a credential of the form %s',
    async (authorization) => {
      expect(await request({ headers: { authorization } })).toEqual({
        status: 401,
        code: 20003,
        violations: [['authorization', 'authorization']],
      });
    },
  );
});

test("everything that Twilio's own SDK sends is valid", async () => {
  const { client, account, simulator } = peer;
  const content = { from: NUMBER, to: CUSTOMER, statusCallback: 'https://salon.example/cb?a=b%20c' };
  const sent = await client.messages.create({
    ...content,
    body: 'Grüße & 👋 + 100 %',
    mediaUrl: ['https://salon.example/a.png', 'https://salon.example/b.png?x=1&y=2'],
    persistentAction: ['geo:1,2'],
    smartEncoded: true,
    validityPeriod: 60,
    contentRetention: 'retain',
    sendAt: new Date(),
    scheduleType: 'fixed',
  });
  const { sid: contentSid } = simulator.addContent({ accountSid: account.sid });
  await client.messages.create({ ...content, contentSid, contentVariables: '{"1":"Ann"}' });
  await client.messages(sent.sid).fetch();
  await client.api.v2010.accounts(account.sid).fetch();
  const page = await client.messages.page({ to: CUSTOMER, dateSentAfter: new Date(0), pageSize: 1 });
  await page.nextPage();
  expect(simulator.violations()).toEqual([]);
  // What is simulated by nobody yet is checked all the same.
  const unserved = sdk(simulator, account);
  await unserved
    .messages(sent.sid)
    .media.list()
    .catch(() => undefined);
  await unserved
    .messages(sent.sid)
    .media(`ME${SID}`)
    .fetch()
    .catch(() => undefined);
  const { contents, contentAndApprovals } = unserved.content.v1;
  await contents.list({ limit: 20, pageSize: 20 }).catch(() => undefined);
  await contentAndApprovals.list({ limit: 20, pageSize: 20 }).catch(() => undefined);
  await contents(`HX${SID}`)
    .fetch()
    .catch(() => undefined);
  await contents(`HX${SID}`)
    .approvalFetch()
    .fetch()
    .catch(() => undefined);
  expect(simulator.violations()).toEqual([]);
});

test('the control API tells them, and forgets them', async () => {
  await post(form('&Status=sent'));
  const control = `${peer.simulator.url}/simulator/violations`;
  expect(await (await fetch(control)).json()).toEqual({
    violations: [
      {
        rule: 'unknown name',
        method: 'POST',
        path: messages,
        name: 'Status',
        detail: 'is not a name of the body',
      },
    ],
  });
  expect(await (await fetch(control, { method: 'DELETE' })).json()).toEqual({ removed: 1 });
  expect(peer.simulator.violations()).toEqual([]);
});
