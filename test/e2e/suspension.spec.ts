import { Schedule } from '../../src/common/schedule';
import { anApiKey, as, type Caller } from '../support';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { anOperator } from '../support/operator';

let place: TestInstallation;
let operator: Caller;

beforeAll(async () => {
  place = await anInstallation();
  operator = (await anOperator(place.app)).caller;
});
afterAll(() => place.stop());

const suspend = (orgId: string, reason = 'Invoices of three months are unpaid.') =>
  operator.post(`/platform/organizations/${orgId}/suspend`, { reason });
const resume = (orgId: string) => operator.post(`/platform/organizations/${orgId}/resume`);
/** What is known of a credential is remembered for a second. */
const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));
const messagesOf = ({ orgId }: TestBusiness) =>
  place.app.db.query(
    `SELECT status, error_code, purpose FROM messages WHERE org_id = $1 AND direction = 'outgoing' ORDER BY id`,
    [orgId],
  );

describe('a suspended organization', () => {
  it('is refused whatever credential it brings, and goes on when it is resumed', async () => {
    const business = await aBusiness(place);
    const key = as(place.app, await anApiKey(place.app, business.orgId, ['organization.read']));
    await suspend(business.orgId).expect(204);
    await aSecond();
    for (const caller of [business.owner, key]) {
      const { body } = await caller.get('/organization').expect(403);
      expect(body.code).toBe('organization_suspended');
    }
    await resume(business.orgId).expect(204);
    await aSecond();
    for (const caller of [business.owner, key])
      expect((await caller.get('/organization').expect(200)).body).toMatchObject({ status: 'active' });
  });

  it('reads in its trail who suspended it, and why', async () => {
    const business = await aBusiness(place);
    await suspend(business.orgId).expect(204);
    await suspend(business.orgId, 'Another reason').expect(204);
    const { body: shown } = await operator.get(`/platform/organizations/${business.orgId}`).expect(200);
    expect(shown).toMatchObject({
      status: 'suspended',
      suspension: { reason: 'Invoices of three months are unpaid.' },
    });
    await resume(business.orgId).expect(204);
    await resume(business.orgId).expect(204);
    await aSecond();
    const { body: me } = await operator.get('/me');
    for (const [event, details] of [
      ['tenancy.organization-suspended', { reason: 'Invoices of three months are unpaid.' }],
      ['tenancy.organization-resumed', null],
    ] as const) {
      const { body } = await business.owner.get(`/audit-logs?eventType=${event}`).expect(200);
      expect(body.items).toMatchObject([{ actor: me.user.id, actorType: 'user', newValues: details }]);
    }
  });

  it('still takes in what is delivered, and obeys STOP; but nothing is sent for it', async () => {
    const business = await aBusiness(place);
    const conversation = await aConversation(place, business);
    const { customer } = conversation;
    await suspend(business.orgId).expect(204);
    expect((await customer.writes('Are you there?')).delivered).toBe(true);
    expect((await customer.writes('STOP')).delivered).toBe(true);
    await place.quiet();

    expect(customer.read()).toEqual([]);
    expect(await messagesOf(business)).toEqual([]);
    const logs = await place.app.db.query(
      `SELECT processing_status, count(*)::int FROM webhook_logs WHERE org_id = $1 GROUP BY 1`,
      [business.orgId],
    );
    expect(logs).toEqual([{ processing_status: 'processed', count: 3 }]);
    const stored = await place.app.db.query(
      `SELECT body FROM messages WHERE org_id = $1 ORDER BY created_at`,
      [business.orgId],
    );
    expect(stored.map(({ body }) => body)).toEqual(['Hello', 'Are you there?', 'STOP']);
    const [mapping] = await place.app.db.query(
      'SELECT whatsapp_opted_in FROM phone_number_mappings WHERE org_id = $1',
      [business.orgId],
    );
    expect(mapping).toEqual({ whatsapp_opted_in: false });

    await resume(business.orgId).expect(204);
    await aSecond();
    const { body } = await business.owner
      .post(`/conversations/${conversation.id}/messages`, { text: 'Hello again' })
      .expect(422);
    expect(body.code).toBe('contact_opted_out');
  });

  it('has what was still to be sent end as failed, with the reason; later ones are sent', async () => {
    const business = await aBusiness(place);
    const conversation = await aConversation(place, business);
    // Queued, and its job is gone: as if the worker had been busy until the suspension.
    const id = await conversation.reply('Too late');
    await place.quiet();
    expect(conversation.customer.read()).toEqual(['Too late']);
    await place.app.db.query(
      `UPDATE messages SET status = 'queued', attempt = 0, attempted_at = NULL, provider_message_id = NULL,
         created_at = now() - interval '25 minutes', queued_at = now() - interval '25 minutes' WHERE id = $1`,
      [id],
    );
    await suspend(business.orgId).expect(204);
    await place.app.nest.get(Schedule).fire('conversations.sweep-outgoing', new Date(0));
    await place.quiet();
    expect(conversation.customer.read()).toEqual(['Too late']);
    expect(await messagesOf(business)).toMatchObject([
      { status: 'failed', error_code: 'organization_suspended' },
    ]);
    await resume(business.orgId).expect(204);
    await aSecond();
    await conversation.reply('In time');
    await place.quiet();
    expect(conversation.customer.read()).toEqual(['Too late', 'In time']);
  });
});

describe('suspending', () => {
  it('is refused for the organization that operates the installation', async () => {
    const { body: me } = await operator.get('/me');
    const { body } = await suspend(String(me.organization.id)).expect(409);
    expect(body.code).toBe('platform_owner_not_suspendable');
  });

  it('needs a reason, and an organization that is there', async () => {
    const { orgId } = await aBusiness(place);
    expect((await suspend(orgId, ' ').expect(422)).body.errors[0].field).toBe('reason');
    await suspend('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1').expect(404);
    await resume('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1').expect(404);
  });
});
