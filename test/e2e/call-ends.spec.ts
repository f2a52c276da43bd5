import { Schedule } from '../../src/common/schedule';
import { Clock } from '../../src/common/time/clock';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { aVoiceNumber, callsOf, type TestVoiceNumber } from '../support/voice';
import { aCustomerNumber, deliver, signed } from '../support/webhooks';

let place: TestInstallation;
let business: TestBusiness;
let voice: TestVoiceNumber;

beforeAll(async () => {
  place = await anInstallation();
});
afterAll(() => place.stop());
beforeEach(async () => {
  business = await aBusiness(place);
  voice = await aVoiceNumber(place, business.ownerToken);
  const missedCallText = { enabled: true, text: 'We missed you.', connectionId: business.connection.id };
  await voice.set({ greeting: 'Hello', missedCallText });
});
afterEach(() => {
  jest.restoreAllMocks();
  place.twilio.faults.clear();
});

let slot = 0;
async function later(job: string, minutes: number): Promise<void> {
  const at = () => new Date(Date.now() + minutes * 60_000);
  const clock = jest.spyOn(place.app.nest.get(Clock), 'now').mockImplementation(at);
  await place.app.nest.get(Schedule).fire(job, new Date(slot++));
  await place.quiet();
  clock.mockRestore();
}
const sweep = (minutes = 6) => later('conversations.close-calls', minutes);
const reconcile = (minutes = 10) => later('channels.reconcile-deliveries', minutes);

/** A caller who hangs up during the greeting, of a number that tells no end. */
async function hangsUp(from = aCustomerNumber()): Promise<string> {
  await place.twilio.call({ from, to: voice.address, hangsUpAt: 'Say', tellsEnd: false });
  await place.quiet();
  return from;
}
const calls = () => callsOf(business.owner);
const connectedLongAgo = () =>
  place.app.db.query(`UPDATE channel_connections SET created_at = now() - interval '1 day' WHERE id = $1`, [
    voice.id,
  ]);
const told = async (): Promise<number> => {
  const rows = await place.app.db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM webhook_logs WHERE org_id = $1 AND method = 'RECONCILE'`,
    [business.orgId],
  );
  return rows[0]!.n;
};

describe('a call whose end nobody tells', () => {
  it('is asked for, ends as the provider says, and is missed once', async () => {
    const { customer } = await aConversation(place, business);
    await hangsUp(customer.phone);
    expect(await calls()).toMatchObject([{ status: 'ringing', endedAt: null }]);
    await sweep(1);
    expect(await calls()).toMatchObject([{ status: 'ringing' }]);
    await sweep();
    await sweep();
    await reconcile();
    expect(await calls()).toMatchObject([{ status: 'missed', endedAt: expect.any(String) }]);
    expect(customer.read()).toEqual(['We missed you.']);
    expect(await told()).toBe(1);
  });

  it('is missed once, too, where its end is told after all', async () => {
    const { customer } = await aConversation(place, business);
    await hangsUp(customer.phone);
    const [call] = place.twilio.calls();
    await sweep();
    const end = {
      ...{ AccountSid: voice.accountSid, CallSid: call!.sid, CallStatus: 'completed', Direction: 'inbound' },
      ...{ From: customer.phone, To: voice.address, CallDuration: '3' },
    };
    const { authToken, webhookUrl: url } = voice;
    expect(await deliver(signed(end, { authToken, url }))).toMatchObject({ status: 200 });
    await place.quiet();
    expect(customer.read()).toEqual(['We missed you.']);
    expect((await business.owner.get('/webhook-logs?type=call_status').expect(200)).body).toMatchObject({
      items: [{ outcome: 'duplicate' }, { method: 'RECONCILE', outcome: 'processed' }],
    });
  });

  it('is left as it is while it goes on, and asked for again when the provider does not answer', async () => {
    await hangsUp();
    const [call] = place.twilio.calls();
    // Copies are handed out of the list, not of the call.
    call!.status = 'in-progress';
    await sweep();
    expect(await calls()).toMatchObject([{ status: 'ringing' }]);
    call!.status = 'completed';
    place.twilio.faults.add({ kind: 'fail', status: 503, code: 20503, on: 'read', times: 1 });
    await sweep();
    await sweep();
    expect(await calls()).toMatchObject([{ status: 'missed' }]);
  });

  it('that staff took is answered, though nobody told that either', async () => {
    await voice.set({ forwardTo: ['+14155550123'] });
    place.twilio.withholdCall({
      from: aCustomerNumber(),
      to: voice.address,
      pickup: 'completed',
      talkSeconds: 42,
    });
    await reconcile();
    expect(await calls()).toMatchObject([{ status: 'answered', durationSeconds: 42, textBack: null }]);
  });

  it('is given up when it is two days old, and missed by nobody', async () => {
    const { customer } = await aConversation(place, business);
    await hangsUp(customer.phone);
    await sweep(2 * 24 * 60 + 1);
    expect(await calls()).toMatchObject([{ status: 'failed', errorCode: 'end_unknown' }]);
    expect(customer.read()).toEqual([]);
  });
});

describe('a call that nobody told of', () => {
  it('is found in the list of the last day, once, at the time at which it came in', async () => {
    const { customer } = await aConversation(place, business);
    const made = place.twilio.withholdCall({ from: customer.phone, to: voice.address, minutesAgo: 30 });
    await connectedLongAgo();
    await reconcile();
    await reconcile();
    const [call, ...more] = await calls();
    expect(more).toEqual([]);
    expect(call).toMatchObject({
      status: 'missed',
      from: customer.phone,
      contact: { phone: customer.phone },
    });
    expect(Math.abs(Date.parse(String(call!['startedAt'])) - made.createdAt.getTime())).toBeLessThan(1000);
    expect(customer.read()).toEqual(['We missed you.']);
    expect(await told()).toBe(2);
  });

  it('more than two hours ago is news to staff, and not written back to', async () => {
    const { customer } = await aConversation(place, business);
    place.twilio.withholdCall({ from: customer.phone, to: voice.address });
    await reconcile(121);
    expect(await calls()).toMatchObject([{ status: 'missed', textBack: { refusal: 'too_late' } }]);
    expect(customer.read()).toEqual([]);
  });

  it('is found on every page of the list', async () => {
    const call = (minutesAgo: number) =>
      place.twilio.withholdCall({ from: aCustomerNumber(), to: voice.address, minutesAgo });
    await connectedLongAgo();
    const { from } = call(30);
    for (let i = 0; i < 1000; i++) call(20).status = 'in-progress';
    await reconcile();
    expect((await calls()).map((one) => one['from'])).toEqual([from]);
  });

  it('is taken in by nobody else, and not twice where it was told and is over', async () => {
    const other = await aBusiness(place);
    await place.twilio.call({
      from: aCustomerNumber(),
      to: voice.address,
      tellsEnd: false,
      voicemail: Buffer.alloc(9),
    });
    await place.quiet();
    const before = await calls();
    await reconcile();
    expect(await calls()).toEqual(before);
    expect(await told()).toBe(0);
    expect(await callsOf(other.owner)).toEqual([]);
  });
});

describe('a call that was made to say something', () => {
  it('tells how it ended, when its reports were lost', async () => {
    const phone = aCustomerNumber();
    const { body: contact } = await business.owner
      .post('/contacts', { name: 'Ada', phone, timezone: noon() })
      .expect(201);
    const line = { phone, channel: 'voice', purpose: 'transactional', action: 'opt_in', source: 'console' };
    await business.owner
      .post('/consent', { ...line, evidence: { wording: 'Call me.', method: 'form' } })
      .expect(201);
    place.twilio.configure({ callbacks: false });
    const reminder = { contactId: contact.id, connectionId: voice.id, text: 'Tomorrow at ten.' };
    const { body } = await business.owner.post('/voice-reminders', reminder).expect(201);
    await place.quiet();
    place.twilio.configure({ callbacks: true });
    await reconcile();
    expect((await business.owner.get(`/messages/${body.id}`).expect(200)).body).toMatchObject({
      status: 'delivered',
    });
    expect(await calls()).toMatchObject([{ direction: 'outgoing', status: 'answered', to: phone }]);
  });
});

/** A clock on which it is noon now: nobody is called at night. */
function noon(): string {
  const offset = 12 - new Date().getUTCHours();
  return offset === 0 ? 'UTC' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}
