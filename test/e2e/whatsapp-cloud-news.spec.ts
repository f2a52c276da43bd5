import type { Uuid } from '../../src/common/context';
import type { SignedRequest, WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { signature } from '../../tools/whatsapp-cloud-simulator/signing';
import {
  anOrganization,
  as,
  mailsTo,
  testApp,
  type Caller,
  type TestApp,
  type TestOrganization,
} from '../support';
import { aCloud, aCloudConnection, aCloudNumber, type CloudConnection } from '../support/cloud';
import { until } from '../support/until';
import { deliver } from '../support/webhooks';

let cloud: WhatsappCloudSimulator;
let app: TestApp;
let clinic: TestOrganization;
let owner: Caller;
let desk: CloudConnection;

beforeAll(async () => {
  cloud = await aCloud();
  app = await testApp({ env: { WHATSAPP_CLOUD_API_BASE_URL: cloud.url, TRUST_PROXY_HOPS: '1' } });
  clinic = await anOrganization(app);
  owner = as(app, clinic.ownerToken);
  desk = await aCloudConnection(app, cloud, clinic.ownerToken);
});
afterAll(async () => {
  await app.stop();
  await cloud.close();
});

let people = 0;
const aPhone = (): string => `+49151610${++people + 1_000}`;

async function quiet(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await app.settled();
    await cloud.idle();
  }
  await app.settled();
}

const rows = <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  app.db.query(sql, values) as Promise<Row[]>;

/** Posts it as Meta does, and waits for what comes of it. */
async function told(request: SignedRequest): Promise<number> {
  const { status } = await deliver(request);
  await quiet();
  return status;
}

/** The newest entries of the log, as its organization is shown them. */
async function logged(type: string, caller = owner) {
  const { body } = await caller.get(`/webhook-logs?type=${type}`).expect(200);
  return (body as { items: { id: Uuid; outcome: string; error: string | null; connectionId: Uuid }[] }).items;
}

describe('a person tells Meta that they want no marketing', () => {
  const ledger = (phone: string) =>
    rows<object>(
      'SELECT purpose, action, source FROM consent_events WHERE phone = $1 AND org_id = $2 ORDER BY at, id',
      phone,
      clinic.orgId,
    );
  const flags = async (phone: string) => {
    const [row] = await rows<object>(
      `SELECT whatsapp_opted_in AS transactional, whatsapp_marketing_opted_in AS marketing FROM phone_number_mappings
       WHERE phone_number = $1 AND org_id = $2`,
      phone,
      clinic.orgId,
    );
    return row;
  };
  const optIn = (phone: string) =>
    owner
      .post('/consent', {
        ...{ phone, channel: 'whatsapp', purpose: 'marketing', action: 'opt_in' },
        evidence: { wording: 'Offers by WhatsApp', method: 'form' },
      })
      .expect(201);
  const OPT_OUT = { purpose: 'marketing', action: 'opt_out', source: 'provider' };

  test('which is an opt-out of marketing, once, and of nothing else', async () => {
    const from = aPhone();
    await cloud.receive({ numberId: desk.number.numberId, from, text: 'Hello' });
    await quiet();
    await optIn(from);
    expect(await flags(from)).toEqual({ transactional: true, marketing: true });
    const request = cloud.signedPreference(desk.number.numberId, { from }, 'stop');
    for (let times = 0; times < 3; times++) expect(await told(request)).toBe(200);
    expect((await ledger(from)).filter((entry) => 'source' in entry && entry.source === 'provider')).toEqual([
      OPT_OUT,
    ]);
    expect(await flags(from)).toEqual({ transactional: true, marketing: false });
    const entries = await logged('user_preference');
    expect(entries.slice(0, 3).map(({ outcome }) => outcome)).toEqual([
      'duplicate',
      'duplicate',
      'processed',
    ]);
  });

  test('and is not opted in again by resuming: the record says so', async () => {
    const from = aPhone();
    await cloud.receive({ numberId: desk.number.numberId, from, text: 'Hello' });
    await told(cloud.signedPreference(desk.number.numberId, { from }, 'stop'));
    await told(cloud.signedPreference(desk.number.numberId, { from }, 'resume'));
    expect(await flags(from)).toEqual({ transactional: true, marketing: false });
    expect((await ledger(from)).at(-1)).toEqual(OPT_OUT);
    const [entry] = await logged('user_preference');
    expect(entry).toMatchObject({ outcome: 'ignored', error: 'ignored_marketing_resumed' });
  });

  test('by the number and by the id that Meta has of them', async () => {
    const [from, userId] = [aPhone(), 'DE.13491208655302741001'];
    await told(cloud.signedPreference(desk.number.numberId, { from, userId }, 'stop'));
    expect([...(await ledger(from)), ...(await ledger(userId))]).toEqual([OPT_OUT, OPT_OUT]);
  });

  test('of a kind that we do not know: nothing is concluded', async () => {
    const from = aPhone();
    await told(cloud.signedPreference(desk.number.numberId, { from }, 'pause'));
    expect(await ledger(from)).toEqual([]);
    expect((await logged('user_preference'))[0]).toMatchObject({ error: 'ignored_unknown_preference' });
  });

  test('and nobody else tells it for them', async () => {
    const from = aPhone();
    const { headers, ...request } = cloud.signedPreference(desk.number.numberId, { from }, 'stop');
    const forged = { ...headers, 'X-Hub-Signature-256': signature('x', request.body) };
    expect(await told({ ...request, headers: forged })).toBe(403);
    expect(await ledger(from)).toEqual([]);
  });

  test('who is erased leaves nothing of it in the log', async () => {
    const from = aPhone();
    await cloud.receive({ numberId: desk.number.numberId, from, text: 'Hello' });
    await told(cloud.signedPreference(desk.number.numberId, { from }, 'stop'));
    const [contact] = await rows<{ id: Uuid }>('SELECT id FROM contacts WHERE phone = $1', from);
    await owner.post(`/contacts/${contact?.id}/erase`, { reason: 'requested' }).expect(202);
    await app.settled();
    const left = await rows<{ n: number }>(
      'SELECT count(*)::int AS n FROM webhook_logs w WHERE w::text LIKE $1',
      `%${from.slice(1)}%`,
    );
    expect(left).toEqual([{ n: 0 }]);
  });
});

describe('templates', () => {
  const approval = async (orgId: Uuid, name: string) => {
    const [row] = await rows<{ approval: string }>(
      'SELECT approval FROM message_templates WHERE org_id = $1 AND name = $2',
      orgId,
      name,
    );
    return row?.approval;
  };
  const synced = async (caller: Caller, connectionId: Uuid) => {
    await caller.post('/message-templates/sync', { connectionId }).expect(202);
    await app.settled();
  };

  test('that Meta decides about are read again at once, and the owners are told', async () => {
    const { accountId } = desk.number;
    const first = cloud.addTemplate({ accountId, name: 'reminder' });
    const second = cloud.addTemplate({ accountId, name: 'thanks', status: 'PENDING' });
    await synced(owner, desk.id);
    cloud.addTemplate({ ...second, status: 'REJECTED', rejectedReason: 'PROMOTIONAL' });
    expect(await cloud.decideTemplate(first.id, 'PAUSED')).toMatchObject({ delivered: true });
    await quiet();
    expect(await approval(clinic.orgId, 'reminder')).toBe('paused');
    expect(await approval(clinic.orgId, 'thanks')).toBe('rejected');
    const [log] = await logged('template_status');
    expect(log).toMatchObject({ outcome: 'processed', connectionId: desk.id });
    const [user] = await rows<{ email: string }>('SELECT email FROM users WHERE id = $1', clinic.ownerId);
    const mails = await mailsTo(app, user?.email ?? '');
    expect(mails.map(({ subject }) => subject)).toContainEqual(
      expect.stringContaining('2 templates were withdrawn'),
    );
    // Given back: read at once, and no bad news.
    await cloud.decideTemplate(first.id, 'APPROVED');
    await quiet();
    expect(await approval(clinic.orgId, 'reminder')).toBe('approved');
    expect(await mailsTo(app, user?.email ?? '')).toHaveLength(mails.length);
  });

  test.each([
    'message_template_quality_update',
    'message_template_components_update',
    'template_category_update',
  ])('are read again by %s', async (field) => {
    const name = field.slice(-20).replace(/\W/g, '_');
    const template = cloud.addTemplate({ accountId: desk.number.accountId, name });
    const value = { message_template_id: Number(template.id), message_template_name: name };
    const request = cloud.signedChange(desk.number.accountId, field, value);
    for (let times = 0; times < 2; times++) expect(await told(request)).toBe(200);
    expect(await approval(clinic.orgId, name)).toBe('approved');
    expect((await logged('template_status')).slice(0, 2).map(({ outcome }) => outcome)).toEqual([
      'duplicate',
      'processed',
    ]);
  });

  test('of an account that two organizations have connected, by apps of their own, are news for both', async () => {
    const salon = await anOrganization(app);
    const stranger = as(app, salon.ownerToken);
    const { accountId } = desk.number;
    const mine = cloud.account(accountId);
    const theirs = aCloudNumber(cloud, { accountId, appId: '77001', appSecret: 'f'.repeat(32) });
    const second = await aCloudConnection(app, cloud, salon.ownerToken, theirs);
    const template = cloud.addTemplate({ accountId, name: 'of_both' });
    const tell = (appSecret: string, event: string): Promise<number> => {
      cloud.addAccount({ id: accountId, appSecret });
      const value = { event, message_template_id: Number(template.id), message_template_name: 'of_both' };
      return told(cloud.signedChange(accountId, 'message_template_status_update', value));
    };
    expect(await tell(mine.appSecret, 'APPROVED')).toBe(200);
    expect(await approval(clinic.orgId, 'of_both')).toBe('approved');
    expect(await approval(salon.orgId, 'of_both')).toBeUndefined();
    expect(await tell(theirs.appSecret, 'APPROVED')).toBe(200);
    expect(await approval(salon.orgId, 'of_both')).toBe('approved');
    expect((await logged('template_status', stranger))[0]).toMatchObject({ connectionId: second.id });
    expect(await tell('e'.repeat(32), 'FLAGGED')).toBe(403);
    cloud.addAccount({ id: accountId, appId: mine.appId, appSecret: mine.appSecret });
  });
});

describe('what becomes of an account', () => {
  test.each<[string, object]>([
    ['account_update', { event: 'VERIFIED_ACCOUNT', country: 'DE' }],
    ['account_alerts', { alert_severity: 'WARNING', alert_status: 'NONE' }],
    ['business_capability_update', { max_daily_conversation_per_phone: 1_000 }],
  ])('is in the record: %s', async (field, value) => {
    const request = cloud.signedChange(desk.number.accountId, field, { ...value });
    for (let times = 0; times < 2; times++) expect(await told(request)).toBe(200);
    const [second, first] = await logged('provider_notice');
    expect(second).toMatchObject({ outcome: 'duplicate' });
    expect(first).toMatchObject({ outcome: 'ignored', error: `ignored_${field}`, connectionId: desk.id });
    const { body } = await owner.get(`/webhook-logs/${first?.id}`).expect(200);
    expect(body).toMatchObject({ payload: { ...value, field, waba_id: desk.number.accountId } });
    await owner.get('/webhook-logs?type=provider_notice&status=processed').expect(200);
  });

  test('is told to the organization of the number that it is about', async () => {
    const other = await anOrganization(app);
    const { accountId, appId, appSecret, accessToken } = desk.number;
    const number = aCloudNumber(cloud, { accountId, appId, appSecret, accessToken });
    const second = await aCloudConnection(app, cloud, other.ownerToken, number);
    const value = {
      display_phone_number: number.address.slice(1),
      event: 'FLAGGED',
      current_limit: 'TIER_1K',
    };
    expect(await told(cloud.signedChange(accountId, 'phone_number_quality_update', value))).toBe(200);
    const [entry] = await logged('provider_notice', as(app, other.ownerToken));
    expect(entry).toMatchObject({ error: 'ignored_phone_number_quality_update', connectionId: second.id });
  });

  test('that nobody has connected is answered, so that Meta does not go on, and leaves nothing', async () => {
    const { id } = cloud.addAccount({ webhookUrl: desk.sharedWebhookUrl });
    const count = async () => (await rows<object>('SELECT count(*)::int AS n FROM webhook_logs'))[0];
    const before = await count();
    expect(await told(cloud.signedChange(id, 'account_update', { event: 'ACCOUNT_DELETED' }))).toBe(200);
    expect(await told(cloud.signedChange(id, 'flows', { event: 'FLOW_STATUS_CHANGE' }))).toBe(200);
    expect(await count()).toEqual(before);
  });

  test('is believed with its signature alone', async () => {
    const request = cloud.signedChange(desk.number.accountId, 'account_update', { event: 'DISABLED_UPDATE' });
    expect(await told({ ...request, body: request.body.replace('DISABLED', 'ENABLED') })).toBe(403);
  });
});

describe('handshakes', () => {
  const ask = (url: string, token: string, from: string, more = '') =>
    fetch(`${url}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=<b>1</b>${more}`, {
      headers: { 'x-forwarded-for': from },
    });
  const trail = () =>
    rows<{ operation: string; org_id: Uuid | null; record_id: Uuid | null; ip: string }>(
      `SELECT operation, org_id, record_id, host(ip_address) AS ip FROM audit_logs
       WHERE event_type = 'channels.webhook-handshake' ORDER BY created_at, id`,
    );

  test('are in the trail of their connection, accepted or refused; guesses do not fill it', async () => {
    const accepted = await ask(desk.sharedWebhookUrl, desk.verifyToken, '192.0.2.1');
    expect([accepted.status, await accepted.text()]).toEqual([200, '<b>1</b>']);
    expect(accepted.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(accepted.headers.get('x-content-type-options')).toBe('nosniff');
    for (let guess = 0; guess < 12; guess++)
      expect((await ask(desk.webhookUrl, `guess${guess}`, '192.0.2.2')).status).toBe(404);
    expect((await ask(desk.sharedWebhookUrl, 'guess', '192.0.2.3')).status).toBe(404);
    expect((await ask(desk.webhookUrl, desk.verifyToken, '192.0.2.4')).status).toBe(200);
    const mine = { org_id: clinic.orgId, record_id: desk.id };
    const guesses = Array.from({ length: 5 }, () => ({ operation: 'DENY', ...mine, ip: '192.0.2.2' }));
    await until(async () => (await trail()).at(-1)?.ip === '192.0.2.4');
    expect(await trail()).toEqual([
      { operation: 'ACCEPT', ...mine, ip: '192.0.2.1' },
      ...guesses,
      { operation: 'DENY', org_id: null, record_id: null, ip: '192.0.2.3' },
      { operation: 'ACCEPT', ...mine, ip: '192.0.2.4' },
    ]);
  });

  test.each([
    ['the token twice', '&hub.verify_token=x'],
    ['the challenge twice', '&hub.challenge=2'],
    ['the mode twice', '&hub.mode=unsubscribe'],
  ])('that say %s are none', async (_what, more) => {
    const answer = await ask(desk.webhookUrl, desk.verifyToken, '192.0.2.5', more);
    expect(answer.status).toBe(422);
  });
});
