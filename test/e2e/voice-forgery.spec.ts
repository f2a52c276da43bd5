import { randomUUID } from 'node:crypto';
import type { SignedRequest, TwilioSimulator } from '../../tools/twilio-simulator';
import { anOrganization, testApp, type TestApp, type TestOrganization } from '../support';
import { aTwilio } from '../support/twilio';
import { aVoiceNumber, type TestVoiceNumber } from '../support/voice';
import { aCustomerNumber, deliver as post, signed, type WebhookAnswer } from '../support/webhooks';

type Fields = Record<string, string>;
type Desk = TestOrganization & { readonly voice: TestVoiceNumber };

const STAFF = '+14155550123';

let app: TestApp;
let twilio: TwilioSimulator;
let desk: Desk;
let other: Desk;
let senders = 0;
let sender = '';

beforeAll(async () => {
  twilio = await aTwilio();
  app = await testApp({ env: { TWILIO_API_BASE_URL: twilio.url, ROLE: 'api', TRUST_PROXY_HOPS: '1' } });
  other = await aDesk();
});
afterAll(async () => {
  await app.stop();
  await twilio.close();
});
// Refused deliveries are logged within an allowance of an address: another one for each test.
beforeEach(async () => {
  await app.db.query('DELETE FROM webhook_logs');
  await app.db.query('DELETE FROM processed_webhook_events');
  await app.db.query('DELETE FROM graphile_worker._private_jobs');
  sender = `192.0.2.${++senders}`;
});

async function aDesk(): Promise<Desk> {
  const organization = await anOrganization(app);
  const voice = await aVoiceNumber({ app, twilio }, organization.ownerToken);
  await voice.set({ greeting: 'Hello', forwardTo: [STAFF] });
  return { ...organization, voice };
}

const deliver = (request: SignedRequest): Promise<WebhookAnswer> =>
  post({ ...request, headers: { 'X-Forwarded-For': sender, ...request.headers } });
const form = (fields: Fields): string => new URLSearchParams(fields).toString();
const logs = () =>
  app.db.query<{ verified: boolean; status: number; reason: string; org_id: string | null }>(
    `SELECT signature_verified AS verified, response_status AS status, error_message AS reason, org_id
     FROM webhook_logs ORDER BY received_at, id`,
  );

/** What Twilio tells of a call, by the step of the address that it is told to. */
interface Told {
  readonly query: string;
  fields(): Fields;
  /** A field whose change would do harm. */
  readonly changed: Fields;
}

const call = (): Fields => ({
  ...{ AccountSid: desk.voice.accountSid, ApiVersion: '2010-04-01', Direction: 'inbound' },
  ...{ CallSid: sid('CA'), CallStatus: 'ringing', From: aCustomerNumber(), To: desk.voice.address },
});
const sid = (prefix: string): string => `${prefix}${randomUUID().replaceAll('-', '')}`;
const recorded = (): Fields => ({
  ...{ RecordingSid: sid('RE'), RecordingUrl: `${twilio.url}/recording`, RecordingStatus: 'completed' },
});

const TOLD: Readonly<Record<string, Told>> = {
  'that somebody calls': { query: '', fields: call, changed: { From: '+4915100000000' } },
  'how it ended': {
    query: '',
    fields: () => ({ ...call(), CallStatus: 'completed', CallDuration: '12' }),
    changed: { CallStatus: 'busy' },
  },
  'what came of forwarding': {
    query: '?step=dialed',
    fields: () => ({ ...call(), CallStatus: 'in-progress', DialCallStatus: 'no-answer' }),
    changed: { DialCallStatus: 'completed' },
  },
  'that a recording is ready': {
    query: '?step=recording',
    fields: () => ({ AccountSid: desk.voice.accountSid, CallSid: sid('CA'), ...recorded() }),
    changed: { RecordingUrl: 'https://attacker.test/recording' },
  },
  'a key, which opts out': {
    query: '?step=key&message=0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1',
    fields: () => {
      const { From = '', To = '', ...fields } = call();
      const direction = { Direction: 'outbound-api', From: To, To: From };
      return { ...fields, ...direction, CallStatus: 'in-progress', Digits: '1' };
    },
    changed: { Digits: '9' },
  },
};

describe.each(Object.keys(TOLD))('%s', (name) => {
  const { query, changed, ...told } = TOLD[name]!;
  // And of a connection: another one for each of these.
  beforeAll(async () => {
    desk = await aDesk();
  });

  const url = () => desk.voice.webhookUrl + query;
  const genuine = (fields = told.fields()) => ({
    fields,
    request: signed(fields, { authToken: desk.voice.authToken, url: url() }),
  });

  /** Nothing but a row of the log is left: no event, no job, no contact; and staff's number was told to nobody. */
  async function expectRefused(answer: WebhookAnswer, status: number, code: string): Promise<void> {
    expect(answer).toMatchObject({ status, code });
    expect(answer.type).toMatch(/^application\/problem\+json/);
    expect(answer.text).not.toContain(STAFF);
    const [left] = await app.db.query(
      `SELECT (SELECT count(*) FROM processed_webhook_events)::int AS events, (SELECT count(*) FROM contacts)::int AS contacts,
         (SELECT count(*) FROM calls)::int AS calls, (SELECT count(*) FROM graphile_worker._private_jobs)::int AS jobs`,
    );
    expect(left).toEqual({ events: 0, contacts: 0, calls: 0, jobs: 0 });
  }
  async function expectForged(answer: WebhookAnswer): Promise<void> {
    await expectRefused(answer, 403, 'webhook_signature_invalid');
    const row = { verified: false, status: 403, reason: 'webhook_signature_invalid', org_id: desk.orgId };
    expect(await logs()).toEqual([row]);
  }

  test('is taken where it is genuine, and changes nothing when it is replayed', async () => {
    const { request } = genuine();
    const answer = await deliver(request);
    expect(answer).toMatchObject({ status: 200 });
    expect(await deliver(request)).toEqual(answer);
    const [left] = await app.db.query(
      `SELECT (SELECT count(*) FROM processed_webhook_events)::int AS events,
         (SELECT count(*) FROM graphile_worker._private_jobs)::int AS jobs`,
    );
    expect(left).toEqual({ events: 1, jobs: 1 });
  });

  test.each<[string, (genuine: SignedRequest, fields: Fields) => SignedRequest]>([
    ['with a field changed', (one, fields) => ({ ...one, body: form({ ...fields, ...changed }) })],
    ['with a field more', (one, fields) => ({ ...one, body: form({ ...fields, CallerName: 'Dana' }) })],
    [
      'with a field less',
      (one, { ApiVersion: _version, RecordingUrl: _url, ...fewer }) => ({ ...one, body: form(fewer) }),
    ],
    [
      'signed with the token of another account',
      (_one, fields) => signed(fields, { authToken: other.voice.authToken, url: url() }),
    ],
    [
      'at another step of the call',
      (one) => ({ ...one, url: desk.voice.webhookUrl + (query ? '' : '?step=voicemail') }),
    ],
  ])('is forged %s', async (_how, forge) => {
    const { request, fields } = genuine();
    const forged = forge(request, fields);
    // What tells of a recording is of no other step's form.
    const isForm = name !== 'that a recording is ready' || forged.url === request.url;
    await (isForm
      ? expectForged(await deliver(forged))
      : expectRefused(await deliver(forged), 400, 'malformed_webhook'));
  });

  test.each<[string, (right: string) => string | undefined]>([
    ['no signature', () => undefined],
    ['an empty one', () => ''],
    ['one in another case', (right) => right.toLowerCase()],
    ['one that is cut short', (right) => right.slice(0, -2)],
    ['one of another call', () => genuine().request.headers['X-Twilio-Signature']],
  ])('is forged with %s', async (_what, change) => {
    const { request } = genuine();
    const { 'X-Twilio-Signature': right = '', ...headers } = request.headers;
    const wrong = change(right);
    await expectForged(
      await deliver({
        ...request,
        headers: wrong === undefined ? headers : { ...headers, 'X-Twilio-Signature': wrong },
      }),
    );
  });

  test('is not taken at the address of another number, nor of another channel', async () => {
    const { request } = genuine();
    const replayed = await deliver({ ...request, url: other.voice.webhookUrl + query });
    // A recording names no number: whose it would be is told by the address alone, and its token does not fit.
    if (replayed.status === 404) await expectRefused(replayed, 404, 'webhook_not_connected');
    else await expectRefused(replayed, 403, 'webhook_signature_invalid');
    const elsewhere = request.url.replace('/voice/', '/sms/');
    await expectRefused(await deliver({ ...request, url: elsewhere }), 400, 'malformed_webhook');
  });

  test('is not read otherwise than it was signed: a field twice, or moved into a text', async () => {
    const { request } = genuine();
    const [[field, value]] = Object.entries(changed) as [[string, string]];
    const twice = `${request.body}&${form({ [field]: value })}`;
    await expectRefused(await deliver({ ...request, body: twice }), 400, 'malformed_webhook');

    const text = { ...told.fields(), CallerName: 'DanaDirectionoutbound-api' };
    const answer = await deliver(genuine(text).request);
    await expectRefused(answer, 403, 'ambiguous_webhook');
  });
});
