import { aCustomer, anInstallation, type TestCustomer, type TestInstallation } from '../support/business';
import type { TestConnection } from '../support/connections';
import { anOperator, type TestOperator } from '../support/operator';
import { aMemberOf, aSharedNumber, type TestMember } from '../support/shared-numbers';
import { aMessageSid, deliver, signed } from '../support/webhooks';

let place: TestInstallation;
let operator: TestOperator;
let number: TestConnection;
let rose: TestMember;
let lily: TestMember;

beforeAll(async () => {
  place = await anInstallation();
  operator = await anOperator(place.app, 'owner');
  number = await aSharedNumber(place, operator);
  rose = await aMemberOf(place, operator, number, 'Rose Clinic');
  lily = await aMemberOf(place, operator, number, 'Lily Salon');
});
afterAll(() => place.stop());

const someone = (): TestCustomer => aCustomer(place, { connection: number });

async function writes(customer: TestCustomer, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await customer.writes(text);
    await place.quiet();
  }
}

/** Delivers fields as Twilio does, as often as it is said. */
async function delivered(fields: Record<string, string>, times = 1): Promise<void> {
  const { authToken, accountSid } = number.number;
  const all = { AccountSid: accountSid, ...fields };
  for (let i = 0; i < times; i++)
    expect((await deliver(signed(all, { authToken, url: number.webhookUrl }))).status).toBe(200);
  await place.quiet();
}
const message = (customer: TestCustomer, body: string) => ({
  MessageSid: aMessageSid(),
  From: `whatsapp:${customer.phone}`,
  To: `whatsapp:${number.number.address}`,
  Body: body,
  NumMedia: '0',
});

async function erasedBy(member: TestMember, { phone }: TestCustomer): Promise<void> {
  const { body } = await member.owner.get(`/contacts?phone=${encodeURIComponent(phone)}`).expect(200);
  const [contact] = (body as { items: { id: string }[] }).items;
  await member.owner.post(`/contacts/${contact?.id}/erase`, { reason: 'requested' }).expect(202);
  await place.quiet();
}

/** Rows of the log and of what is kept of senders that name the person. */
async function traces({ phone }: TestCustomer): Promise<Record<string, unknown>[]> {
  return place.app.db.query(
    `SELECT 'log' AS kept, org_id, payload->>'Body' AS body FROM webhook_logs WHERE payload::text LIKE $1 OR headers::text LIKE $1
     UNION ALL SELECT 'parked', assigned_org_id, state FROM parked_deliveries WHERE address = $2
     UNION ALL SELECT 'sender', chosen_org_id, NULL FROM shared_senders WHERE address = $2`,
    [`%${phone.slice(1)}%`, phone],
  );
}

const parkedOf = ({ phone }: TestCustomer) =>
  place.app.db.query<{ id: string; state: string }>(
    'SELECT id, state FROM parked_deliveries WHERE address = $1 ORDER BY id',
    [phone],
  );

test('of the only organization that knows a person reaches what was logged for nobody', async () => {
  const customer = someone();
  await writes(customer, 'Nobody knows me');
  const [parked] = await parkedOf(customer);
  await operator.caller.post(`/platform/parked-deliveries/${parked!.id}/discard`).expect(200);
  await rose.knows(customer.phone);
  await delivered(message(customer, 'Told twice'), 2);
  await delivered({
    MessageSid: aMessageSid(),
    MessageStatus: 'read',
    From: `whatsapp:${number.number.address}`,
    To: `whatsapp:${customer.phone}`,
  });
  expect(
    (await traces(customer)).filter(({ kept, org_id: id }) => kept === 'log' && id === null),
  ).toHaveLength(3);
  await erasedBy(rose, customer);
  expect(await traces(customer)).toEqual([]);
});

test('leaves what repeats a delivery of another organization', async () => {
  const customer = someone();
  await lily.knows(customer.phone);
  await delivered(message(customer, 'For the lilies'), 2);
  await rose.knows(customer.phone);
  await erasedBy(rose, customer);
  const left = await traces(customer);
  expect(left).toHaveLength(2);
  for (const row of left) expect(row).toMatchObject({ kept: 'log', body: 'For the lilies' });
  await erasedBy(lily, customer);
  expect(await traces(customer)).toEqual([]);
});

test('ends what is parked, but for an opt-out, which comes into force once it is known whose it is', async () => {
  const customer = someone();
  await writes(customer, 'Parked and erased', 'STOP');
  await rose.knows(customer.phone);
  const before = await parkedOf(customer);
  expect(before).toHaveLength(2);
  await erasedBy(rose, customer);
  const after = await parkedOf(customer);
  expect(after).toEqual([{ id: before[1]!.id, state: 'waiting' }]);
  expect(await traces(customer)).toMatchObject([{ kept: 'log', body: 'STOP' }, { kept: 'parked' }]);
  const [ended] = await place.app.db.query<Record<string, unknown>>(
    `SELECT p.state, p.address, l.processing_status AS log, l.error_message AS reason, e.status AS claim
     FROM parked_deliveries p JOIN webhook_logs l ON l.id = p.webhook_log_id JOIN processed_webhook_events e ON e.id = p.claim_id
     WHERE p.id = $1`,
    [before[0]!.id],
  );
  expect(ended).toEqual({
    ...{ state: 'discarded', address: null, log: 'failed', reason: 'sender_erased', claim: 'failed' },
  });
  await operator.caller
    .post(`/platform/parked-deliveries/${before[1]!.id}/assign`, { organizationId: rose.orgId })
    .expect(200);
  await place.quiet();
  const [mapping] = await place.app.db.query(
    'SELECT whatsapp_opted_in AS open, whatsapp_opted_out_at IS NOT NULL AS closed FROM phone_number_mappings WHERE phone_number = $1',
    [customer.phone],
  );
  expect(mapping).toEqual({ open: false, closed: true });
});

test('leaves open what is asked about another one, who gets what was meant for it', async () => {
  const customer = someone();
  for (const member of [rose, lily]) await member.knows(customer.phone);
  await writes(customer, 'Which of you?');
  await erasedBy(rose, customer);
  expect(await parkedOf(customer)).toMatchObject([{ state: 'asked' }]);
  await writes(customer, '1');
  expect(await lily.inbox()).toContain('Which of you?');
  const [sender] = await place.app.db.query(
    'SELECT options, chosen_org_id FROM shared_senders WHERE address = $1',
    [customer.phone],
  );
  expect(sender).toMatchObject({ chosen_org_id: lily.orgId });
  expect(JSON.stringify(sender)).not.toContain(rose.orgId);
  await erasedBy(lily, customer);
  expect(await traces(customer)).toEqual([]);
});

test('of an organization that does not use the number ends nothing', async () => {
  const other = someone();
  const stranger = await aMemberOf(place, operator, await aSharedNumber(place, operator), 'Fern Spa');
  await writes(other, 'Not the ferns');
  await stranger.knows(other.phone);
  await erasedBy(stranger, other);
  expect(await parkedOf(other)).toMatchObject([{ state: 'waiting' }]);
  expect(await traces(other)).toHaveLength(2);
});
