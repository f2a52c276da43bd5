import { createHash } from 'node:crypto';
import { signature, type SignedRequest, type TwilioSimulator } from '../../tools/twilio-simulator';
import { testApp, type TestApp } from '../support';
import { atTwilio, type MessagingChannel } from '../support/connections';
import { aTwilio } from '../support/twilio';
import { aDesk, deliver as post, signed, type TestDesk, type WebhookAnswer } from '../support/webhooks';

type Fields = Record<string, string>;

/** Ways to cut the signed text of a message anew. */
type Cut = [string, (desk: TestDesk) => Fields, (fields: Fields) => Fields];

const CUTS: Readonly<Record<MessagingChannel, Cut[]>> = {
  whatsapp: [
    [
      'a text moved into the name of a known field',
      (desk) => desk.message({ Body: 'please ButtonPayloadcancel' }),
      (fields) => ({ ...fields, Body: 'please ', ButtonPayload: 'cancel' }),
    ],
    [
      'a field moved into the text before it',
      (desk) => desk.message({ MessageType: 'button', ButtonText: 'Yes' }),
      ({ ButtonText, ...fields }) => ({ ...fields, Body: `${fields['Body']}ButtonText${ButtonText}` }),
    ],
    [
      'the sender moved into the text, and another taken out of it',
      (desk) =>
        desk.message({
          Body: 'hi Fromwhatsapp:+4915100000001Labelx',
          Label: 'y',
          Latitude: '1.5',
          Longitude: '1.5',
        }),
      ({ From, ...fields }) => ({
        ...fields,
        Body: 'hi ',
        From: 'whatsapp:+4915100000001',
        Label: `xFrom${From}Labely`,
      }),
    ],
    [
      'the profile name moved into a name that nobody has',
      (desk) => desk.message(),
      ({ ProfileName, ...fields }) => ({ ...fields, [`ProfileName${ProfileName}`]: '' }),
    ],
    [
      'a text cut in two, so that it begins with a reserved word',
      (desk) => desk.message({ Body: 'STOP Cars are fine' }),
      (fields) => ({ ...fields, Body: 'STOP ', Cars: ' are fine' }),
    ],
  ],
  sms: [
    [
      'the sender moved into a place, and another taken out of the text',
      (desk) => desk.message({ Body: 'hi From+4915100000001FromCityx' }),
      ({ From, ...fields }) => ({
        ...fields,
        Body: 'hi ',
        From: '+4915100000001',
        FromCity: `xFrom${From}FromCity`,
      }),
    ],
    [
      'a text cut in two, so that it begins with a reserved word',
      (desk) => desk.message({ Body: 'STOP Cars are fine' }),
      (fields) => ({ ...fields, Body: 'STOP ', Cars: ' are fine' }),
    ],
    [
      'a text cut in two before a short code',
      (desk) => desk.message({ Body: 'hi From12345FromCityx' }),
      ({ From, ...fields }) => ({ ...fields, Body: 'hi ', From: '12345', FromCity: `xFrom${From}FromCity` }),
    ],
  ],
};

let app: TestApp;
let twilio: TwilioSimulator;
let sender = '';
let senders = 0;

beforeAll(async () => {
  twilio = await aTwilio();
  app = await testApp({ env: { TWILIO_API_BASE_URL: twilio.url, ROLE: 'api', TRUST_PROXY_HOPS: '1' } });
});
afterAll(async () => {
  await app.stop();
  await twilio.close();
});

describe.each<MessagingChannel>(['whatsapp', 'sms'])('on %s', (channel) => {
  let desk: TestDesk;

  // Refused deliveries are logged within an allowance of an address and of a connection: others for each test.
  beforeEach(async () => {
    await app.db.query('DELETE FROM webhook_logs');
    await app.db.query('DELETE FROM processed_webhook_events');
    await app.db.query('DELETE FROM graphile_worker._private_jobs');
    desk = await aDesk(app, twilio, channel);
    sender = `192.0.2.${++senders}`;
  });

  const deliver = (request: SignedRequest): Promise<WebhookAnswer> =>
    post({ ...request, headers: { 'X-Forwarded-For': sender, ...request.headers } });

  const target = () => ({ authToken: desk.connection.number.authToken, url: desk.connection.webhookUrl });
  const form = (fields: Fields): string => new URLSearchParams(fields).toString();
  const logs = () =>
    app.db.query<{ verified: boolean; status: number; reason: string; org_id: string | null }>(
      `SELECT signature_verified AS verified, response_status AS status, error_message AS reason, org_id
     FROM webhook_logs ORDER BY received_at, id`,
    );

  /** Nothing but the log row is left: no event, no job, no contact. */
  async function expectNoEffect(): Promise<void> {
    const [row] = await app.db.query(
      `SELECT (SELECT count(*) FROM processed_webhook_events)::int AS events,
       (SELECT count(*) FROM contacts)::int AS contacts,
       (SELECT count(*) FROM graphile_worker._private_jobs)::int AS jobs`,
    );
    expect(row).toEqual({ events: 0, contacts: 0, jobs: 0 });
  }

  /** The answer to a forgery, and what it leaves behind: one row, unverified. */
  async function expectForged(answer: WebhookAnswer): Promise<void> {
    expect(answer).toMatchObject({ status: 403, code: 'webhook_signature_invalid' });
    expect(answer.type).toMatch(/^application\/problem\+json/);
    await expectNoEffect();
    expect(await logs()).toEqual([
      { verified: false, status: 403, reason: 'webhook_signature_invalid', org_id: desk.orgId },
    ]);
  }

  const genuine = (fields = desk.message()) => ({ fields, request: signed(fields, target()) });

  test('the genuine one is taken: what follows fails for its own reason', async () => {
    expect((await deliver(genuine().request)).status).toBe(200);
  });

  test('a changed parameter', async () => {
    const { fields, request } = genuine();
    await expectForged(await deliver({ ...request, body: form({ ...fields, Body: 'STOP' }) }));
  });

  test('another sender', async () => {
    const { fields, request } = genuine();
    await expectForged(
      await deliver({ ...request, body: form({ ...fields, From: atTwilio(channel, '+4915100000000') }) }),
    );
  });

  test('a parameter more', async () => {
    const { fields, request } = genuine();
    await expectForged(await deliver({ ...request, body: form({ ...fields, OptOutType: 'STOP' }) }));
  });

  test('a parameter less', async () => {
    const { fields, request } = genuine();
    const { NumSegments: _segments, ...fewer } = fields;
    await expectForged(await deliver({ ...request, body: form(fewer) }));
  });

  test('no signature', async () => {
    const { request } = genuine();
    const { 'X-Twilio-Signature': _signature, ...headers } = request.headers;
    await expectForged(await deliver({ ...request, headers }));
  });

  test.each([
    ['empty', () => ''],
    ['in another case', (right: string) => right.toLowerCase()],
    ['cut short', (right: string) => right.slice(0, -2)],
    ['with more after it', (right: string) => `${right}=`],
    ['of another delivery', () => signed(desk.message(), target()).headers['X-Twilio-Signature'] ?? ''],
  ])('a signature %s', async (_what, change) => {
    const { request } = genuine();
    const wrong = change(request.headers['X-Twilio-Signature'] ?? '');
    await expectForged(
      await deliver({ ...request, headers: { ...request.headers, 'X-Twilio-Signature': wrong } }),
    );
  });

  test("another organization's token", async () => {
    const other = await aDesk(app, twilio, channel);
    const { authToken } = other.connection.number;
    await expectForged(await deliver(signed(desk.message(), { ...target(), authToken })));
  });

  test("another organization's delivery at this connection's address", async () => {
    const other = await aDesk(app, twilio, channel);
    const request = signed(other.message(), {
      authToken: other.connection.number.authToken,
      url: target().url,
    });
    expect(await deliver(request)).toMatchObject({ status: 404, code: 'webhook_not_connected' });
    await expectNoEffect();
  });

  test('an address that the sender chose, by Host and by forwarded headers', async () => {
    const path = new URL(target().url).pathname;
    const request = signed(desk.message(), { ...target(), url: `https://attacker.test${path}` });
    const answer = await app
      .http()
      .post(path)
      .set({
        ...request.headers,
        Host: 'attacker.test',
        'X-Forwarded-Host': 'attacker.test',
        'X-Forwarded-Proto': 'https',
        Forwarded: 'host=attacker.test;proto=https',
      })
      .send(request.body);
    await expectForged({
      status: answer.status,
      type: answer.type,
      text: answer.text,
      code: String(answer.body.code),
    });
  });

  test('a genuine one is taken whatever the Host says', async () => {
    const { request } = genuine();
    const { status } = await app
      .http()
      .post(new URL(request.url).pathname)
      .set({ ...request.headers, Host: 'somewhere.test', 'X-Forwarded-Host': 'elsewhere.test' })
      .send(request.body);
    expect(status).toBe(200);
  });

  test('a changed query', async () => {
    const fields = desk.status();
    const request = signed(fields, {
      ...target(),
      url: `${target().url}?message=0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1`,
    });
    const url = `${target().url}?message=0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2`;
    await expectForged(await deliver({ ...request, url }));
  });

  test('a delivery replayed at the shared address', async () => {
    const { request } = genuine();
    await expectForged(await deliver({ ...request, url: `${app.url}/api/v1/channels/${channel}/webhook` }));
  });

  test("a delivery replayed at another channel's address", async () => {
    const { request } = genuine();
    const other = channel === 'sms' ? 'whatsapp' : 'sms';
    const url = request.url.replace(`/${channel}/`, `/${other}/`);
    // It is not of that channel's form.
    expect(await deliver({ ...request, url })).toMatchObject({ status: 400, code: 'malformed_webhook' });
    await expectNoEffect();
  });

  describe('a parameter twice', () => {
    test.each(['Body=STOP', form({ From: atTwilio(channel, '+4915100000000') }), 'Body=Is+Friday+free%3F'])(
      '%s',
      async (more) => {
        const { request } = genuine();
        expect(await deliver({ ...request, body: `${request.body}&${more}` })).toMatchObject({
          status: 400,
          code: 'malformed_webhook',
        });
        await expectNoEffect();
      },
    );

    test('also where the signature was made for both', async () => {
      const fields = desk.message();
      const request = signed(fields, target());
      // Twilio's validator joins repeated values, each with the name before it.
      const both = signature(target().authToken, target().url, { ...fields, Body: 'ABodyB' });
      const headers = { ...request.headers, 'X-Twilio-Signature': both };
      const body = `${form({ ...fields, Body: 'A' })}&Body=B`;
      expect(await deliver({ ...request, headers, body })).toMatchObject({ status: 400 });
      await expectNoEffect();
    });
  });

  describe('re-split parameters, which have the genuine signature', () => {
    test.each(CUTS[channel])('%s', async (_what, original, change) => {
      const fields = original(desk);
      const cut = change(fields);
      const { url, authToken } = target();
      const request = signed(fields, target());
      expect(form(cut)).not.toBe(request.body);
      expect(signature(authToken, url, cut)).toBe(request.headers['X-Twilio-Signature']);
      expect(await deliver({ ...request, body: form(cut) })).toMatchObject({
        status: 403,
        code: 'ambiguous_webhook',
      });
      await expectNoEffect();
      expect(await logs()).toMatchObject([{ verified: false, status: 403, reason: 'ambiguous_webhook' }]);
    });

    test('a required field moved into a name is missed', async () => {
      const fields = desk.message();
      const { MessageSid, ...others } = fields;
      const body = form({ ...others, [`MessageSid${MessageSid}`]: '' });
      expect(await deliver({ ...signed(fields, target()), body })).toMatchObject({ status: 400 });
      await expectNoEffect();
    });
  });

  describe('JSON', () => {
    const digest = (body: string): string => createHash('sha256').update(body).digest('hex');
    const postJson = (body: string, hash: string, token = target().authToken) => {
      const url = `${target().url}?bodySHA256=${hash}`;
      const headers = { 'Content-Type': 'application/json', 'X-Twilio-Signature': signature(token, url, {}) };
      return deliver({ url, headers, body });
    };

    test('with the digest of its body is taken', async () => {
      const body = JSON.stringify(desk.message({ Body: 'Grüße 😀' }));
      expect(await postJson(body, digest(body))).toMatchObject({ status: 200 });
    });

    test('with another digest is forged', async () => {
      const body = JSON.stringify(desk.message());
      await expectForged(await postJson(body, digest(`${body} `)));
    });

    test('with a body that was changed is forged', async () => {
      const fields = desk.message();
      const hash = digest(JSON.stringify(fields));
      await expectForged(await postJson(JSON.stringify({ ...fields, Body: 'STOP' }), hash));
    });

    test('with the same content written differently is forged', async () => {
      const fields = desk.message();
      await expectForged(await postJson(JSON.stringify(fields, null, 1), digest(JSON.stringify(fields))));
    });

    test('without a digest is forged, though the address is signed', async () => {
      const { url, authToken } = target();
      const headers = {
        'Content-Type': 'application/json',
        'X-Twilio-Signature': signature(authToken, url, {}),
      };
      await expectForged(await deliver({ url, headers, body: JSON.stringify(desk.message()) }));
    });

    test("with another organization's token is forged", async () => {
      const other = await aDesk(app, twilio, channel);
      const body = JSON.stringify(desk.message());
      await expectForged(await postJson(body, digest(body), other.connection.number.authToken));
    });

    test('with a name twice is refused, though it is signed', async () => {
      const body = JSON.stringify(desk.message()).replace('{', '{"Body":"STOP",');
      expect(await postJson(body, digest(body))).toMatchObject({ status: 400, code: 'malformed_webhook' });
      await expectNoEffect();
    });

    test.each(['[]', '"x"', '{"MessageSid":{}}', '{', ''])('%s is refused', async (body) => {
      expect((await postJson(body, digest(body))).status).toBe(400);
      await expectNoEffect();
    });
  });

  test('a flood of forgeries is answered and counted, and leaves a bounded number of rows', async () => {
    const wrong = { ...target(), authToken: '0'.repeat(32) };
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => deliver(signed(desk.message(), wrong))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect(await logs()).toHaveLength(20);
    // Others are still taken in.
    expect((await deliver(genuine().request)).status).toBe(200);
  });
});
