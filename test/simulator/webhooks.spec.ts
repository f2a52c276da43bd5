import { validateRequest } from 'twilio';
import { SimulatorInputError } from '../../tools/twilio-simulator';
import { CUSTOMER, NUMBER, startPeer } from './peer';
import type { Received } from './peer';

type Peer = Awaited<ReturnType<typeof startPeer>>;

describe('webhooks of the simulator', () => {
  let peer: Peer;

  beforeEach(async () => {
    peer = await startPeer();
  });
  afterEach(() => peer.close());

  const token = (post: Received) => post.headers['i-twilio-idempotency-token'];
  const isSigned = (post: Received, authToken = peer.account.authToken) =>
    validateRequest(authToken, String(post.headers['x-twilio-signature']), post.url, post.params);

  describe('inbound', () => {
    const write = (over = {}) =>
      peer.simulator.receive({ from: CUSTOMER, to: NUMBER, body: 'Hallo, ist Freitag frei? 🙂', ...over });

    test('is the form Twilio posts, signed over the full URL', async () => {
      const result = await write({ profileName: 'Änne' });
      expect(result).toMatchObject({
        delivered: true,
        attempts: [{ status: 200, body: '<Response/>' }],
      });
      const [post] = peer.receiver.received;
      expect(post!.url).toMatch(/\/inbound\?connection=a%20b$/);
      expect(post!.headers).toMatchObject({
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'user-agent': 'TwilioProxy/1.1',
        'i-twilio-idempotency-token': result.token,
      });
      expect(post!.params).toMatchObject({
        AccountSid: peer.account.sid,
        ApiVersion: '2010-04-01',
        Body: 'Hallo, ist Freitag frei? 🙂',
        From: CUSTOMER,
        MessageSid: result.messageSid,
        MessageType: 'text',
        NumMedia: '0',
        NumSegments: '1',
        ProfileName: 'Änne',
        ReferralNumMedia: '0',
        SmsMessageSid: result.messageSid,
        SmsSid: result.messageSid,
        SmsStatus: 'received',
        To: NUMBER,
        WaId: '4915112345678',
      });
      expect(isSigned(post!)).toBe(true);
      expect(isSigned({ ...post!, params: { ...post!.params, Body: 'x' } })).toBe(false);
    });

    test('is listed by the REST API as received', async () => {
      const { messageSid } = await write();
      const [listed] = await peer.client.messages.list({ from: CUSTOMER });
      expect(listed).toMatchObject({ sid: messageSid, direction: 'inbound', status: 'received' });
    });

    test('bears media, buttons, opt-out type, user ids and further fields', async () => {
      await write({ media: [{ url: 'https://example.org/1.jpg', contentType: 'image/jpeg' }] });
      await write({ buttonText: 'Yes', buttonPayload: 'yes', optOutType: 'START' });
      await write({ from: 'whatsapp:US.1349', params: { ReferralBody: 'Ad' } });
      const [media, button, hidden] = peer.receiver.received.map(({ params }) => params);
      expect(media).toMatchObject({
        MediaContentType0: 'image/jpeg',
        MediaUrl0: 'https://example.org/1.jpg',
        MessageType: 'image',
        NumMedia: '1',
      });
      expect(button).toMatchObject({ ButtonPayload: 'yes', ButtonText: 'Yes', OptOutType: 'START' });
      expect(hidden).toMatchObject({ From: 'whatsapp:US.1349', ReferralBody: 'Ad' });
      expect(hidden).not.toHaveProperty('WaId');
      expect(peer.receiver.received.every((post) => isSigned(post))).toBe(true);
    });

    test('by SMS has the fields of SMS', async () => {
      const webhookUrl = `${peer.receiver.url}/sms`;
      peer.simulator.addNumber({ accountSid: peer.account.sid, address: '+14155550100', webhookUrl });
      await write({ from: '+4915112345678', to: '+14155550100', body: 'x'.repeat(161) });
      const [post] = peer.receiver.received;
      expect(post!.params).toMatchObject({ NumSegments: '2', FromCity: '' });
      expect(post!.params).not.toHaveProperty('WaId');
      expect(isSigned(post!)).toBe(true);
    });

    test.each([
      ['a 5xx', 503 as const],
      ['a broken connection', 'hangup' as const],
    ])('is retried once after %s, with the same token and signature', async (_what, answer) => {
      peer.receiver.answers = [answer];
      const result = await write();
      expect(result.attempts.map(({ status }) => status)).toEqual([answer === 503 ? 503 : null, 200]);
      expect(result.delivered).toBe(true);
      const [first, second] = peer.receiver.received;
      expect(token(first!)).toBe(result.token);
      expect(token(second!)).toBe(result.token);
      expect(second!.params).toEqual(first!.params);
    });

    test('is given up after one retry by default, and not retried after a 4xx', async () => {
      peer.receiver.answers = [500, 500];
      expect(await write()).toMatchObject({ delivered: false, attempts: { length: 2 } });
      peer.receiver.answers = [403];
      expect(await write()).toMatchObject({ delivered: false, attempts: [{ status: 403 }] });
    });

    test('is retried after a time-out', async () => {
      peer.receiver.answers = ['hang'];
      const result = await write({ timeoutMs: 60 });
      expect(result.attempts).toMatchObject([{ status: null, error: 'request timed out' }, { status: 200 }]);
    });

    test('can be retried for long, and waits between the attempts', async () => {
      peer.receiver.answers = Array.from({ length: 9 }, () => 502);
      const result = await write({ retries: 50, retryDelayMs: 5 });
      expect(result.attempts).toHaveLength(10);
      expect(new Set(peer.receiver.received.map(token)).size).toBe(1);
    });

    test('tells about a receiver that is not there', async () => {
      peer.simulator.addNumber({
        accountSid: peer.account.sid,
        address: NUMBER,
        webhookUrl: 'http://127.0.0.1:1/',
      });
      const result = await write();
      expect(result.attempts).toHaveLength(2);
      expect(result.attempts[0]!.error).toMatch(/ECONNREFUSED/);
    });

    test('can be delivered again under its own sid, with a new token', async () => {
      const first = await write();
      const again = await write({ messageSid: first.messageSid });
      expect(again.messageSid).toBe(first.messageSid);
      expect(again.token).not.toBe(first.token);
      expect(peer.simulator.messages()).toHaveLength(1);
    });

    test('can be signed without being sent', async () => {
      const signed = peer.simulator.signedInbound({ from: CUSTOMER, to: NUMBER, body: 'Hi' });
      const params = Object.fromEntries(new URLSearchParams(signed.body));
      const signature = signed.headers['X-Twilio-Signature']!;
      expect(validateRequest(peer.account.authToken, signature, signed.url, params)).toBe(true);
      expect(params.MessageSid).toBe(signed.messageSid);
      expect(peer.receiver.received).toEqual([]);
    });

    test('is signed by the new token after a rotation', async () => {
      const { authToken } = peer.simulator.rotateToken(peer.account.sid);
      await write();
      expect(isSigned(peer.receiver.received[0]!)).toBe(false);
      expect(isSigned(peer.receiver.received[0]!, authToken)).toBe(true);
    });

    test('STOP is plain text unless the number handles opt-outs', async () => {
      await write({ body: 'STOP' });
      const options = { accountSid: peer.account.sid, address: NUMBER, optOutHandling: 'advanced' as const };
      peer.simulator.addNumber(options);
      const send = () => peer.client.messages.create({ from: NUMBER, to: CUSTOMER, body: 'Hi' });
      await send();
      await write({ body: ' stop ' });
      await expect(send()).rejects.toMatchObject({ code: 21610 });
      await write({ body: 'Start' });
      await send();
      expect(
        peer.receiver.received
          .filter(({ params }) => params.From === CUSTOMER)
          .map((p) => p.params.OptOutType),
      ).toEqual([undefined, 'STOP', 'START']);
    });

    test('to an unknown number is the mistake of the caller', async () => {
      await expect(write({ to: 'whatsapp:+14155230000' })).rejects.toThrow(SimulatorInputError);
      await expect(write({ from: '+4915112345678' })).rejects.toThrow(SimulatorInputError);
      await expect(write({ retries: 1e9 })).rejects.toThrow(SimulatorInputError);
    });

    test('500 at once all arrive', async () => {
      const results = await Promise.all(Array.from({ length: 500 }, () => write()));
      expect(results.every(({ delivered }) => delivered)).toBe(true);
      expect(new Set(peer.receiver.received.map(({ params }) => params.MessageSid)).size).toBe(500);
    });
  });

  describe('status callbacks', () => {
    const send = (over = {}) =>
      peer.client.messages.create({
        from: NUMBER,
        to: CUSTOMER,
        body: 'Hello',
        statusCallback: `${peer.receiver.url}/status?org=1&x=%2F`,
        ...over,
      });
    const statuses = () => peer.receiver.received.map(({ params }) => params.MessageStatus);

    test('come in order, signed, with the fields of Twilio', async () => {
      const { sid } = await send();
      await peer.simulator.idle();
      expect(statuses()).toEqual(['queued', 'sent', 'delivered']);
      expect(peer.receiver.received.every((post) => isSigned(post))).toBe(true);
      expect(peer.receiver.received[2]!.params).toMatchObject({
        AccountSid: peer.account.sid,
        ApiVersion: '2010-04-01',
        ChannelToAddress: '+4915112345678',
        From: NUMBER,
        MessageSid: sid,
        SmsSid: sid,
        SmsStatus: 'delivered',
        To: CUSTOMER,
      });
    });

    test('keep their order and token while the receiver fails', async () => {
      peer.receiver.answers = [500, 'hangup'];
      peer.simulator.configure({ retries: 5, retryDelayMs: 5 });
      await send();
      await peer.simulator.idle();
      expect(statuses()).toEqual(['queued', 'queued', 'queued', 'sent', 'delivered']);
      expect(new Set(peer.receiver.received.map(token)).size).toBe(3);
    });

    test('do not come without a StatusCallback; the message is delivered all the same', async () => {
      const { sid } = await send({ statusCallback: undefined });
      await peer.simulator.idle();
      expect(peer.receiver.received).toEqual([]);
      expect((await peer.client.messages(sid).fetch()).status).toBe('delivered');
    });

    test('go through the configured states, and a state can be reported later', async () => {
      peer.simulator.configure({ statusSteps: ['sending', 'sent'] });
      const { sid } = await send();
      await peer.simulator.idle();
      await peer.simulator.reportStatus(sid, 'read');
      expect(statuses()).toEqual(['sending', 'sent', 'read']);
    });

    test('can be switched off', async () => {
      peer.simulator.configure({ callbacks: false });
      await send();
      await peer.simulator.idle();
      expect(peer.receiver.received).toEqual([]);
    });

    test('shuffled, duplicated or missing when a fault says so, for as many messages as it says', async () => {
      peer.simulator.faults.add({ kind: 'shuffleCallbacks' });
      await send();
      await peer.simulator.idle();
      expect(statuses()).not.toEqual(['queued', 'sent', 'delivered']);
      expect(statuses().sort()).toEqual(['delivered', 'queued', 'sent']);

      peer.receiver.received.length = 0;
      peer.simulator.faults.add({ kind: 'duplicateCallbacks' });
      await send();
      await peer.simulator.idle();
      expect(statuses()).toEqual(['queued', 'queued', 'sent', 'sent', 'delivered', 'delivered']);

      peer.receiver.received.length = 0;
      peer.simulator.faults.add({ kind: 'disableCallbacks' });
      await send();
      await send();
      await peer.simulator.idle();
      expect(statuses()).toEqual(['queued', 'sent', 'delivered']);
    });

    test('tell of a failed delivery', async () => {
      peer.simulator.faults.add({ kind: 'failDelivery', errorCode: 30003 });
      peer.simulator.faults.add({ kind: 'failDelivery', errorCode: 63016, status: 'failed' });
      const unreachable = await send();
      await peer.simulator.idle();
      const outside = await send();
      await peer.simulator.idle();
      expect(statuses()).toEqual(['queued', 'sent', 'undelivered', 'queued', 'failed']);
      expect(peer.receiver.received.map(({ params }) => params.ErrorCode)).toEqual([
        undefined,
        undefined,
        '30003',
        undefined,
        '63016',
      ]);
      expect(await peer.client.messages(unreachable.sid).fetch()).toMatchObject({ errorCode: 30003 });
      expect(await peer.client.messages(outside.sid).fetch()).toMatchObject({ status: 'failed' });
    });

    test('free text outside the WhatsApp window fails or is refused, approved templates and replies pass', async () => {
      peer.simulator.configure({ whatsappWindow: 'reject' });
      await expect(send()).rejects.toMatchObject({ code: 63016 });
      const { sid: accountSid } = peer.account;
      await send({ body: undefined, contentSid: peer.simulator.addContent({ accountSid }).sid });
      const { sid: unapproved } = peer.simulator.addContent({ accountSid, status: 'pending' });
      await expect(send({ body: undefined, contentSid: unapproved })).rejects.toMatchObject({ code: 63016 });
      peer.simulator.configure({ whatsappWindow: 'fail' });
      const late = await send();
      await peer.simulator.idle();
      expect(await peer.client.messages(late.sid).fetch()).toMatchObject({
        status: 'failed',
        errorCode: 63016,
      });
      await peer.simulator.receive({ from: CUSTOMER, to: NUMBER, body: 'Hi' });
      const reply = await send();
      await peer.simulator.idle();
      expect((await peer.client.messages(reply.sid).fetch()).status).toBe('delivered');
    });
  });

  test('closing ends what is pending', async () => {
    peer.receiver.answers = Array.from({ length: 100 }, () => 'hang' as const);
    const pending = peer.simulator.receive({ from: CUSTOMER, to: NUMBER, retries: 50 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await peer.simulator.close();
    expect((await pending).delivered).toBe(false);
    await peer.simulator.close();
  });
});
