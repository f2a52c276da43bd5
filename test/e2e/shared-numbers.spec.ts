import { SendPace } from '../../src/modules/channels';
import { as } from '../support';
import { aCustomer, anInstallation, type TestCustomer, type TestInstallation } from '../support/business';
import type { TestConnection } from '../support/connections';
import { anOperator, type TestOperator } from '../support/operator';
import { aMemberOf, aSharedNumber, type TestMember } from '../support/shared-numbers';
import { aCustomerNumber, aMessageSid, deliver, signed } from '../support/webhooks';

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

/** A customer whom these organizations know. */
async function knownTo(...members: TestMember[]): Promise<TestCustomer> {
  const customer = someone();
  for (const member of members) await member.knows(customer.phone);
  return customer;
}

async function writes(customer: TestCustomer, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await customer.writes(text);
    await place.quiet();
  }
}

/** The last thing that was parked. */
async function parked(): Promise<Record<string, unknown>> {
  const { body } = await operator.caller.get('/platform/parked-deliveries?limit=1').expect(200);
  return (body as { items: Record<string, unknown>[] }).items[0] ?? {};
}

const optedOut = (member: TestMember, phone: string) =>
  place.app.db.query(
    `SELECT evidence FROM consent_events WHERE org_id = $1 AND phone = $2 AND action = 'opt_out' AND purpose = 'transactional'`,
    [member.orgId, phone],
  );
/** What somebody told an organization at its desk. */
const says = ({ owner }: TestMember, { phone }: TestCustomer, action: 'opt_in' | 'opt_out') =>
  owner
    .post('/consent', {
      ...{ phone, channel: 'whatsapp', purpose: 'transactional', action },
      ...{ source: 'console', evidence: { wording: 'What was said.', method: 'phone' } },
    })
    .expect(201);
/** Who may write to the person. */
const openAt = async (phone: string) =>
  (
    await place.app.db.query<{ org_id: string }>(
      'SELECT org_id FROM phone_number_mappings WHERE phone_number = $1 AND whatsapp_opted_in ORDER BY org_id',
      [phone],
    )
  ).map(({ org_id: id }) => id);
const logs = (text: string) =>
  place.app.db.query<Record<string, unknown>>(
    `SELECT org_id, connection_id, processing_status, error_message FROM webhook_logs WHERE payload->>'Body' = $1 ORDER BY id`,
    [text],
  );

describe('a number that organizations share', () => {
  test('is the operator’s: nobody else connects one, reads its credentials, or removes it', async () => {
    await rose.owner.get('/platform/shared-numbers').expect(403);
    await rose.owner.post('/platform/shared-numbers', number.number).expect(403);
    const calls = { ...number.number, channel: 'voice' };
    const spoken = await operator.caller.post('/platform/shared-numbers', calls).expect(422);
    expect(spoken.body).toMatchObject({ code: 'calls_not_shared', errors: [{ field: 'channel' }] });
    const { body } = await rose.owner.get(`/channel-connections/${rose.connectionId}`).expect(200);
    expect(body).toMatchObject({ routing: 'shared', address: number.number.address, isActive: true });
    expect(JSON.stringify(body)).not.toContain(number.id);
    await rose.owner.get(`/channel-connections/${number.id}`).expect(404);
    const refused = await rose.owner.delete(`/channel-connections/${rose.connectionId}`).expect(409);
    expect(refused.body).toMatchObject({ code: 'number_is_shared' });
    const rotated = await rose.owner
      .post(`/channel-connections/${rose.connectionId}/rotate-token`, { authToken: '1'.repeat(32) })
      .expect(409);
    expect(rotated.body).toMatchObject({ code: 'number_is_shared' });
    const own = `/channel-connections/${rose.connectionId}`;
    await rose.owner.post(`${own}/verify`).expect(409);
    await rose.owner.get(`${own}/webhook-setup`).expect(409);
    await rose.owner.post(`${own}/rotate-verify-token`).expect(409);
    await rose.owner.delete(`${own}/previous-credentials`).expect(409);
    await rose.owner.put(`${own}/verification`, { mode: 'observe', hours: 1 }).expect(409);
    await operator.caller.delete(`/channel-connections/${number.id}`).expect(409);
    const used = await operator.caller.delete(`/platform/shared-numbers/${number.id}`).expect(409);
    expect(used.body).toMatchObject({ code: 'shared_number_in_use' });
  });

  test('is connected once, and used once by an organization of this installation', async () => {
    const again = await operator.caller.post('/platform/shared-numbers', number.number).expect(409);
    expect(again.body).toMatchObject({ code: 'number_already_connected' });
    const dedicated = await rose.owner.post('/channel-connections', number.number).expect(409);
    expect(dedicated.body).toMatchObject({ code: 'number_already_connected' });
    const members = `/platform/shared-numbers/${number.id}/members`;
    const twice = await operator.caller.post(members, { organizationId: rose.orgId }).expect(409);
    expect(twice.body).toMatchObject({ code: 'shared_number_member_already' });
    await operator.caller.post(members, { organizationId: number.id }).expect(422);
    const { body } = await operator.caller.get(members).expect(200);
    expect(body).toMatchObject({
      items: [{ name: 'Rose Clinic' }, { name: 'Lily Salon' }],
      nextCursor: null,
    });
    const { body: page } = await operator.caller.get('/platform/shared-numbers').expect(200);
    expect(page).toMatchObject({ items: [{ id: number.id, routing: 'shared' }] });
  });

  test('is written over by each of them, and tells each what became of its own messages', async () => {
    const customer = await knownTo(rose);
    await writes(customer, 'To the roses');
    expect(await rose.inbox()).toContain('To the roses');
    const { body } = await rose.owner.get('/conversations').expect(200);
    const [conversation] = (body as { items: { id: string; connectionId: string }[] }).items;
    const { body: reply } = await rose.owner
      .post(`/conversations/${conversation?.id}/messages`, { text: 'Roses answer' })
      .expect(201);
    await place.quiet();
    expect(customer.read()).toEqual(['Roses answer']);
    const { body: sent } = await rose.owner.get(`/messages/${(reply as { id: string }).id}`).expect(200);
    expect(sent).toMatchObject({ status: 'delivered' });
    const uses = await place.app.db.query(
      `SELECT DISTINCT org_id FROM audit_logs WHERE event_type = 'channels.credential-use' AND new_values->>'purpose' = 'send'`,
    );
    expect(uses).toEqual([{ org_id: rose.orgId }]);
  });

  test('has one pace, whoever sends over it', async () => {
    const paces = await place.app.db.query<{ org_id: string; blocked_times: number }>(
      'SELECT org_id, blocked_times FROM connection_paces WHERE connection_id = ANY ($1)',
      [[number.id, rose.connectionId, lily.connectionId]],
    );
    expect(paces).toEqual([{ org_id: operator.orgId, blocked_times: 0 }]);
    const pace = place.app.nest.get(SendPace, { strict: false });
    const inOrg = <T>({ scope }: TestMember, work: () => Promise<T>) =>
      place.app.database.runInOrg(scope, work);
    await inOrg(rose, () => pace.block(rose.connectionId, 60_000));
    expect(await inOrg(lily, async () => (await pace.open(lily.connectionId))?.free)).toBe(0);
    await place.app.db.query(`UPDATE connection_paces SET blocked_until = now() WHERE connection_id = $1`, [
      number.id,
    ]);
    await inOrg(lily, () => pace.unblock(lily.connectionId));
    expect(await inOrg(rose, async () => (await pace.open(rose.connectionId))?.free)).toBeGreaterThan(0);
  });

  test('sends nothing while the operator has switched it off', async () => {
    const customer = await knownTo(rose);
    await writes(customer, 'Before it is off');
    await operator.caller.patch(`/channel-connections/${number.id}`, { isActive: false }).expect(200);
    const { body } = await rose.owner.get('/conversations').expect(200);
    const [conversation] = (body as { items: { id: string }[] }).items;
    const { body: reply } = await rose.owner
      .post(`/conversations/${conversation?.id}/messages`, { text: 'Not sent' })
      .expect(201);
    await place.quiet();
    await operator.caller.patch(`/channel-connections/${number.id}`, { isActive: true }).expect(200);
    const { body: sent } = await rose.owner.get(`/messages/${(reply as { id: string }).id}`).expect(200);
    expect(sent).toMatchObject({ status: 'failed', errorCode: 'connection_inactive' });
  });
});

describe('a message over it', () => {
  test('goes to the only organization that knows its sender, with its log', async () => {
    const customer = await knownTo(lily);
    await writes(customer, 'Hair on Friday?');
    expect(await lily.inbox()).toContain('Hair on Friday?');
    expect(await rose.inbox()).not.toContain('Hair on Friday?');
    expect(await logs('Hair on Friday?')).toEqual([
      {
        org_id: lily.orgId,
        connection_id: lily.connectionId,
        processing_status: 'processed',
        error_message: null,
      },
    ]);
  });

  test('goes to where its sender is a member, when nobody knows them as a customer', async () => {
    const customer = someone();
    await place.app.db.query('UPDATE users SET phone_number = $2 WHERE id = $1', [
      rose.ownerId,
      customer.phone,
    ]);
    await writes(customer, 'It is me, the owner');
    expect(await rose.inbox()).toContain('It is me, the owner');
    await place.app.db.query('UPDATE users SET phone_number = NULL WHERE id = $1', [rose.ownerId]);
  });

  test('of somebody whom several know goes on with the latest conversation', async () => {
    const customer = await knownTo(rose);
    await writes(customer, 'Roses first');
    await lily.knows(customer.phone);
    await writes(customer, 'Still the roses');
    expect(await rose.inbox()).toContain('Still the roses');
    expect(customer.read()).toEqual([]);
  });

  test('of an unknown sender is parked, and shown to the operator without who and what', async () => {
    const customer = someone();
    await writes(customer, 'Who are you?');
    const item = await parked();
    expect(item).toEqual({
      id: expect.any(String) as string,
      sharedNumberId: number.id,
      sender: `•••${customer.phone.slice(-3)}`,
      state: 'waiting',
      reason: 'unknown_sender',
      receivedAt: expect.any(String) as string,
      organizationId: null,
      settledAt: null,
    });
    expect(await logs('Who are you?')).toMatchObject([{ org_id: null, processing_status: 'pending' }]);
    await rose.owner.get('/platform/parked-deliveries').expect(403);
    await rose.owner.get(`/platform/parked-deliveries/${String(item['id'])}`).expect(403);
    expect([...(await rose.inbox()), ...(await lily.inbox())]).not.toContain('Who are you?');
    expect(customer.read()).toEqual([]);
  });

  test('that the operator assigns is worked off as the organization’s own, under its own id, once', async () => {
    const customer = someone();
    await writes(customer, 'Hello, new here');
    const { id } = await parked();
    const path = `/platform/parked-deliveries/${String(id)}`;
    const stranger = await operator.caller.post(`${path}/assign`, { organizationId: operator.orgId });
    expect(stranger.body).toMatchObject({ code: 'not_a_member_of_number' });
    const [one, other] = await Promise.all([
      operator.caller.post(`${path}/assign`, { organizationId: rose.orgId }),
      operator.caller.post(`${path}/assign`, { organizationId: lily.orgId }),
    ]);
    expect([one.status, other.status].sort()).toEqual([200, 409]);
    await place.quiet();
    const [mine, theirs] = one.status === 200 ? [rose, lily] : [lily, rose];
    expect(await mine.inbox()).toContain('Hello, new here');
    expect(await theirs.inbox()).not.toContain('Hello, new here');
    const events = await place.app.db.query(
      `SELECT e.org_id, e.status FROM processed_webhook_events e JOIN messages m ON e.event_id = 'message:' || m.provider_message_id
       WHERE m.body = 'Hello, new here'`,
    );
    expect(events).toHaveLength(2);
    expect(events).toEqual(
      expect.arrayContaining([
        { org_id: operator.orgId, status: 'processed' },
        { org_id: mine.orgId, status: 'processed' },
      ]),
    );
    const { body } = await operator.caller.get(path).expect(200);
    expect(body).toMatchObject({ state: 'assigned', organizationId: mine.orgId, sender: null });
    await writes(customer, 'And again');
    expect(await mine.inbox()).toContain('And again');
  });

  test('that the operator discards has no effect', async () => {
    await writes(someone(), 'Win a prize');
    const { id } = await parked();
    const path = `/platform/parked-deliveries/${String(id)}`;
    await operator.caller.post(`${path}/discard`).expect(200);
    await operator.caller.post(`${path}/assign`, { organizationId: rose.orgId }).expect(409);
    expect(await logs('Win a prize')).toMatchObject([
      { org_id: null, processing_status: 'failed', error_message: 'discarded' },
    ]);
  });

  test('is refused when it is forged, and logged once more without effect when it is repeated', async () => {
    const { authToken, accountSid, address } = number.number;
    const phone = aCustomerNumber();
    await rose.knows(phone);
    const sid = aMessageSid();
    const fields = {
      AccountSid: accountSid,
      MessageSid: sid,
      From: `whatsapp:${phone}`,
      To: `whatsapp:${address}`,
      Body: 'Once only',
      NumMedia: '0',
    };
    const { webhookUrl: url } = number;
    const forged = await deliver(signed({ ...fields, Body: 'Forged' }, { authToken: '0'.repeat(32), url }));
    expect(forged).toMatchObject({ status: 403, code: 'webhook_signature_invalid' });
    for (let i = 0; i < 2; i++) expect((await deliver(signed(fields, { authToken, url }))).status).toBe(200);
    // A message that comes to a member's own address is for whoever its sender means, all the same.
    const memberUrl = url.replace(number.id, lily.connectionId);
    expect((await deliver(signed(fields, { authToken, url: memberUrl }))).status).toBe(200);
    await place.quiet();
    expect((await rose.inbox()).filter((text) => text === 'Once only')).toHaveLength(1);
    expect(await lily.inbox()).not.toContain('Once only');
    expect(await logs('Once only')).toMatchObject([
      { org_id: rose.orgId },
      { org_id: null, error_message: 'duplicate' },
      { org_id: null, error_message: 'duplicate' },
    ]);
  });
});

describe('a status over it', () => {
  test('that names no organization goes to whose message it is about', async () => {
    const customer = await knownTo(rose);
    await writes(customer, 'Tell me');
    const { body } = await rose.owner.get('/conversations').expect(200);
    const [conversation] = (body as { items: { id: string }[] }).items;
    const { body: reply } = await rose.owner
      .post(`/conversations/${conversation?.id}/messages`, { text: 'Told' })
      .expect(201);
    await place.quiet();
    const { id } = reply as { id: string };
    const [row] = await place.app.db.query<{ sid: string }>(
      'SELECT provider_message_id AS sid FROM messages WHERE id = $1',
      [id],
    );
    const { authToken, accountSid, address } = number.number;
    const read = (MessageSid: string) =>
      deliver(
        signed(
          {
            AccountSid: accountSid,
            MessageSid,
            MessageStatus: 'read',
            From: `whatsapp:${address}`,
            To: `whatsapp:${customer.phone}`,
          },
          { authToken, url: number.webhookUrl },
        ),
      );
    expect((await read(row?.sid ?? '')).status).toBe(200);
    expect((await read(aMessageSid())).status).toBe(200);
    await place.quiet();
    const { body: message } = await rose.owner.get(`/messages/${id}`).expect(200);
    expect(message).toMatchObject({ status: 'read' });
    const [unknown] = await place.app.db.query(
      `SELECT processing_status, error_message FROM webhook_logs WHERE org_id IS NULL AND webhook_type = 'message_status'`,
    );
    expect(unknown).toEqual({ processing_status: 'failed', error_message: 'unknown_message' });
  });
});

describe('words about consent', () => {
  test('STOP opts out with everybody who could write over the number, and is answered once', async () => {
    const customer = await knownTo(rose);
    await writes(customer, 'Hello roses');
    const { body: lilies } = await lily.owner
      .post('/consent', {
        phone: customer.phone,
        channel: 'whatsapp',
        purpose: 'transactional',
        action: 'opt_in',
        source: 'console',
        evidence: { wording: 'Write to me.', method: 'form' },
      })
      .expect(201);
    expect(lilies).toBeDefined();
    await lily.knows(customer.phone);
    const [before] = await place.app.db.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM phone_number_mappings WHERE org_id = $1 AND phone_number = $2',
      [lily.orgId, customer.phone],
    );
    expect(before).toEqual({ count: 1 });
    await writes(customer, 'STOP');
    expect(await optedOut(rose, customer.phone)).toHaveLength(1);
    expect(await optedOut(lily, customer.phone)).toHaveLength(1);
    expect(customer.read()).toHaveLength(1);
    expect(await lily.inbox()).not.toContain('STOP');
  });

  test('START opens what STOP closed, with everybody, and nothing that was closed in another way', async () => {
    const fern = await aMemberOf(place, operator, number, 'Fern Spa');
    const customer = await knownTo(rose, lily, fern);
    await writes(customer, 'Hello', '3');
    await says(lily, customer, 'opt_in');
    await says(fern, customer, 'opt_out');
    await writes(customer, 'Stop.');
    expect(await openAt(customer.phone)).toEqual([]);
    await writes(customer, 'START');
    expect(await openAt(customer.phone)).toEqual([lily.orgId, rose.orgId].sort());
    await operator.caller.delete(`/platform/shared-numbers/${number.id}/members/${fern.orgId}`).expect(204);
  });

  test('STOP reaches an organization that entered the person as a contact, and never heard of them', async () => {
    const customer = await knownTo(rose, lily);
    await writes(customer, 'STOP');
    expect(await optedOut(rose, customer.phone)).toHaveLength(1);
    expect(await optedOut(lily, customer.phone)).toHaveLength(1);
    // What was never open is not opened by the way.
    await writes(customer, 'UNSTOP');
    expect(await openAt(customer.phone)).toHaveLength(1);
  });

  test('a word goes to whom may write to the person, and is no word to the others', async () => {
    const customer = await knownTo(rose, lily);
    await says(lily, customer, 'opt_in');
    await writes(customer, 'Hello', '2', 'STOP');
    await says(rose, customer, 'opt_in');
    await writes(customer, 'Yes');
    expect(await openAt(customer.phone)).toEqual([rose.orgId]);
  });

  test('a START that nobody vouches for opens nothing, with nobody', async () => {
    const customer = await knownTo(rose, lily);
    for (const member of [rose, lily]) await says(member, customer, 'opt_in');
    await writes(customer, 'STOP');
    const path = `/channel-connections/${number.id}/verification`;
    await operator.caller.put(path, { mode: 'observe', hours: 1 }).expect(200);
    const { accountSid, address } = number.number;
    const fields = {
      AccountSid: accountSid,
      MessageSid: aMessageSid(),
      From: `whatsapp:${customer.phone}`,
      To: `whatsapp:${address}`,
      Body: 'START',
      NumMedia: '0',
    };
    const forged = signed(fields, { authToken: '0'.repeat(32), url: number.webhookUrl });
    expect((await deliver(forged)).status).toBe(200);
    await place.quiet();
    expect(await openAt(customer.phone)).toEqual([]);
    await operator.caller.put(path, { mode: 'enforce' }).expect(200);
  });

  test('HELP is answered, and asks nobody', async () => {
    const customer = await knownTo(rose, lily);
    await writes(customer, 'HELP');
    expect(customer.read()).toHaveLength(1);
    expect(customer.read()[0]).not.toContain('Rose Clinic');
  });
});

describe('an organization from which the number was taken', () => {
  test('keeps its conversations, and gets nothing any more', async () => {
    const fern = await aMemberOf(place, operator, number, 'Fern Spa');
    const customer = await knownTo(fern);
    await writes(customer, 'Massage?');
    const members = `/platform/shared-numbers/${number.id}/members`;
    await operator.caller.delete(`${members}/${fern.orgId}`).expect(204);
    await operator.caller.delete(`${members}/${fern.orgId}`).expect(404);
    await writes(customer, 'Hello?');
    expect(await fern.inbox()).toEqual(['Massage?']);
    expect(await parked()).toMatchObject({ reason: 'unknown_sender', state: 'waiting' });
    const { body } = await fern.owner.get('/conversations').expect(200);
    expect(body).toMatchObject({ items: [{ cannotReplyBecause: 'connection_gone' }] });
    await fern.owner.get(`/channel-connections/${fern.connectionId}`).expect(404);
    const memberUrl = number.webhookUrl.replace(number.id, fern.connectionId);
    const { authToken, accountSid, address } = number.number;
    const fields = {
      AccountSid: accountSid,
      MessageSid: aMessageSid(),
      MessageStatus: 'read',
      From: `whatsapp:${address}`,
    };
    const late = await deliver(
      signed({ ...fields, To: `whatsapp:${customer.phone}` }, { authToken, url: memberUrl }),
    );
    expect(late.status).toBe(404);
  });
});

test('a caller of another organization sees nothing of numbers and what is parked', async () => {
  const viewer = as(place.app, rose.ownerToken);
  await viewer.delete(`/platform/shared-numbers/${number.id}`).expect(403);
  await viewer
    .post(`/platform/shared-numbers/${number.id}/members`, { organizationId: rose.orgId })
    .expect(403);
});
