import { SendTiming } from '../../src/modules/conversations/app/send-timing';
import type { WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { aCustomer, anInstallation, type TestInstallation } from '../support/business';
import { aCloud, type CloudConnection } from '../support/cloud';
import { aBusinessNumber, aTwilioNumber, type TestConnection } from '../support/connections';
import { anOperator, type TestOperator } from '../support/operator';
import { aMemberOf, aSharedCloudNumber, aSharedNumber, type TestMember } from '../support/shared-numbers';
import { aPng } from '../support/media';
import { aCustomerNumber } from '../support/webhooks';

const QUESTION = /^Several businesses .*\n1 Lily Salon\n2 Rose Clinic$/s;

let cloud: WhatsappCloudSimulator;
let place: TestInstallation;
let operator: TestOperator;

beforeAll(async () => {
  cloud = await aCloud();
  place = await anInstallation({ env: { WHATSAPP_CLOUD_API_BASE_URL: cloud.url } });
  Object.assign(place.app.nest.get(SendTiming, { strict: false }), { retryMs: 0, blockMs: 0 });
  operator = await anOperator(place.app, 'owner');
});
afterAll(async () => {
  await place.stop();
  await cloud.close();
});

/** Waits until everything that was set off has happened. */
async function quiet(): Promise<void> {
  await place.quiet();
  await cloud.idle();
  await place.quiet();
}

/** The newest thread of an organization, and an answer in it. */
async function answers(member: TestMember, text: string): Promise<string> {
  const { body } = await member.owner.get('/conversations?limit=1').expect(200);
  const [conversation] = (body as { items: { id: string }[] }).items;
  const { body: sent } = await member.owner
    .post(`/conversations/${conversation?.id}/messages`, { text })
    .expect(201);
  await quiet();
  return (sent as { id: string }).id;
}

const optOuts = (phone: string) =>
  place.app.db.query<{ org_id: string }>(
    `SELECT org_id FROM consent_events WHERE phone = $1 AND action = 'opt_out' AND purpose = 'transactional'`,
    [phone],
  );

/** Where the person may be written to. */
const openAt = async (phone: string, channel: 'sms' | 'whatsapp') =>
  (
    await place.app.db.query<{ org_id: string }>(
      `SELECT org_id FROM phone_number_mappings WHERE phone_number = $1 AND ${channel}_opted_in`,
      [phone],
    )
  ).map(({ org_id: id }) => id);

/** What somebody told an organization at its desk. */
const optsIn = ({ owner }: TestMember, phone: string, channel: 'sms' | 'whatsapp') =>
  owner
    .post('/consent', {
      ...{ phone, channel, purpose: 'transactional', action: 'opt_in' },
      ...{ source: 'console', evidence: { wording: 'Write to me.', method: 'form' } },
    })
    .expect(201);

/** What became of the files that customers sent to an organization last, one for each of its messages. */
const filesOf = async ({ orgId }: TestMember) =>
  (
    await place.app.db.query<{ status: string }>(
      `SELECT status FROM media_files WHERE org_id = $1 AND direction = 'incoming'`,
      [orgId],
    )
  ).map(({ status }) => status);

describe.each(['a number', 'a Messaging Service'] as const)('SMS over %s', (kind) => {
  let number: TestConnection;
  let rose: TestMember;
  let lily: TestMember;
  const service = `MG${'5'.repeat(32)}`;
  const second = aBusinessNumber();

  beforeAll(async () => {
    const isPool = kind === 'a Messaging Service';
    const twilio = aTwilioNumber(place.twilio, {
      channel: 'sms',
      ...(isPool ? { messagingServiceSid: service } : {}),
    });
    if (isPool)
      place.twilio.addNumber({
        accountSid: twilio.accountSid,
        address: second,
        messagingServiceSid: service,
      });
    number = await aSharedNumber(place, operator, twilio);
    rose = await aMemberOf(place, operator, number, 'Rose Clinic');
    lily = await aMemberOf(place, operator, number, 'Lily Salon');
  });

  /** A customer, who writes to the second number of a pool. */
  const someone = async (...known: TestMember[]) => {
    const address = kind === 'a number' ? number.number.address : second;
    const customer = aCustomer(place, {
      connection: { ...number, number: { ...number.number, address } },
    });
    for (const member of known) await member.knows(customer.phone);
    const writes = async (text: string) => {
      expect(await customer.writes(text)).toMatchObject({ attempts: [{ status: 200 }] });
      await quiet();
    };
    const sends = async (caption: string) => {
      await customer.writes(caption, { media: [{ content: aPng(), contentType: 'image/png' }] });
      await quiet();
    };
    return { ...customer, writes, sends };
  };

  test('finds the organization, whose answer is delivered and counted', async () => {
    const customer = await someone(rose);
    await customer.writes('To the roses');
    expect(await rose.inbox()).toContain('To the roses');
    const id = await answers(rose, 'Roses answer');
    expect(customer.read()).toEqual(['Roses answer']);
    const { body } = await rose.owner.get(`/messages/${id}`).expect(200);
    expect(body).toMatchObject({ status: 'delivered', segments: 1 });
  });

  test('asks whom several know, from the number that they wrote to', async () => {
    const customer = await someone(rose, lily);
    await customer.writes('Is Friday free?');
    expect(customer.read()).toEqual([expect.stringMatching(QUESTION)]);
    await customer.writes('2');
    expect(await rose.inbox()).toContain('Is Friday free?');
    expect(await lily.inbox()).toEqual([]);
  });

  test('fetches a file with the credentials of the number, and takes its caption for a word', async () => {
    const customer = await someone(rose, lily);
    await optsIn(lily, customer.phone, 'sms');
    await customer.sends('Look at this');
    expect(customer.read()).toEqual([expect.stringMatching(QUESTION)]);
    await customer.writes('2');
    expect(await filesOf(rose)).toEqual(['stored']);
    expect(await filesOf(lily)).toEqual([]);
    // Twilio takes a word with a file for none, so that it is obeyed and answered here.
    await customer.sends('Stop.');
    expect(await openAt(customer.phone, 'sms')).toEqual([]);
  });

  test('STOP, which Twilio answers itself, opts out with all, and START opens what it closed', async () => {
    const customer = await someone(rose, lily);
    await optsIn(lily, customer.phone, 'sms');
    await customer.writes('Hello');
    await customer.writes('2');
    await customer.writes('STOP');
    expect((await optOuts(customer.phone)).map(({ org_id: id }) => id).sort()).toEqual(
      [rose.orgId, lily.orgId].sort(),
    );
    expect(await openAt(customer.phone, 'sms')).toEqual([]);
    await customer.writes('START');
    expect((await openAt(customer.phone, 'sms')).sort()).toEqual([rose.orgId, lily.orgId].sort());
    expect(customer.read()).toEqual([
      expect.stringMatching(QUESTION),
      expect.stringContaining('unsubscribed'),
      expect.stringContaining('re-subscribed'),
    ]);
  });
});

describe('WhatsApp over a number at Meta', () => {
  let number: CloudConnection;
  let rose: TestMember;
  let lily: TestMember;

  beforeAll(async () => {
    number = await aSharedCloudNumber(cloud, operator);
    rose = await aMemberOf(place, operator, number, 'Rose Clinic');
    lily = await aMemberOf(place, operator, number, 'Lily Salon');
  });

  const someone = async (...known: TestMember[]): Promise<string> => {
    const phone = aCustomerNumber();
    for (const member of known) await member.knows(phone);
    return phone;
  };
  const writes = async (from: string, text: string) => {
    await cloud.receive({ numberId: number.number.numberId, from, text, profileName: 'Dana' });
    await quiet();
  };
  const read = (to: string) =>
    cloud
      .messages({ to, numberId: number.number.numberId })
      .reverse()
      .map((message) => JSON.stringify(message));

  test('finds the organization, whose answer is delivered', async () => {
    const phone = await someone(rose);
    await writes(phone, 'To the roses');
    expect(await rose.inbox()).toContain('To the roses');
    const id = await answers(rose, 'Roses answer');
    const { body } = await rose.owner.get(`/messages/${id}`).expect(200);
    expect(body).toMatchObject({ status: 'delivered' });
    expect(read(phone)).toHaveLength(1);
  });

  test('asks whom several know; STOP opts out with all', async () => {
    const phone = await someone(rose, lily);
    await optsIn(lily, phone, 'whatsapp');
    await writes(phone, 'Is Friday free?');
    expect(read(phone)).toEqual([expect.stringContaining('Several businesses')]);
    await writes(phone, '2');
    expect(await rose.inbox()).toContain('Is Friday free?');
    expect(await lily.inbox()).toEqual([]);
    await writes(phone, 'STOP');
    expect(await optOuts(phone)).toHaveLength(2);
    expect(read(phone)).toHaveLength(2);
    await writes(phone, 'start');
    expect((await openAt(phone, 'whatsapp')).sort()).toEqual([rose.orgId, lily.orgId].sort());
    expect(read(phone)).toHaveLength(3);
  });

  test('fetches a file with the credentials of the number; STOP beneath one is obeyed', async () => {
    const phone = await someone(rose);
    const media = { content: aPng(), contentType: 'image/png', caption: 'My tooth' };
    const { numberId } = number.number;
    await cloud.receive({ numberId, from: phone, media });
    await quiet();
    expect(await filesOf(rose)).toEqual(['stored']);
    await cloud.receive({ numberId, from: phone, media: { ...media, caption: 'STOP' } });
    await quiet();
    expect(await openAt(phone, 'whatsapp')).toEqual([]);
  });

  test('of one request with messages to several organizations each gets its own', async () => {
    const [one, other, nobody] = [await someone(rose), await someone(lily), await someone()];
    await cloud.receive(
      { numberId: number.number.numberId, from: one, text: 'One of many' },
      { numberId: number.number.numberId, from: other, text: 'Other of many' },
      { numberId: number.number.numberId, from: nobody, text: 'Nobody of many' },
    );
    await quiet();
    expect(await rose.inbox()).toContain('One of many');
    expect(await lily.inbox()).toEqual(['Other of many']);
    expect((await rose.inbox()).join()).not.toContain('Other of many');
    const logs = await place.app.db.query(
      `SELECT org_id FROM webhook_logs WHERE payload::text LIKE '%of many%' ORDER BY payload::text`,
    );
    expect(logs).toHaveLength(3);
  });
});
