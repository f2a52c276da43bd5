import type { Uuid } from '../../../src/common/context';
import { API_KEY_SCOPES, permissionsOf, ROLES, type Role } from '../../../src/modules/tenancy';
import { aBusiness, aConversation, type TestBusiness, type TestInstallation } from '../business';
import { aConnection } from '../connections';
import { anApprovedTemplate } from '../bulk-sends';
import { upload } from '../imports';
import { aPng, uploadMedia } from '../media';
import { aMember, anApiKey, PASSWORD } from '../people';
import { aVoiceNumber } from '../voice';
import { aCustomerNumber } from '../webhooks';

/** What an id can be the id of, by the word that stands before it in a path. */
export const KINDS = [
  'api-keys',
  'bulk-sends',
  'calls',
  'channel-connections',
  'contacts',
  'consent-keywords',
  'contact-fields',
  'conversations',
  'dead',
  'duplicates',
  'imports',
  'invitations',
  'media',
  'members',
  'message-templates',
  'messages',
  'operator-accesses',
  'organizations',
  'parked-deliveries',
  'phone-mappings',
  'sessions',
  'shared-numbers',
  'voice',
  'webhook-logs',
] as const;
export type Kind = (typeof KINDS)[number];

/** Somebody who calls: a member, an API key with every scope, or nobody. */
export interface TestCaller {
  readonly name: Role | 'API key' | 'anonymous';
  readonly token: string | undefined;
  /** Undefined: nobody knows who this is. */
  readonly permissions: ReadonlySet<string> | undefined;
}

/** An organization with something of everything, all of it marked. */
export interface Tenant {
  readonly orgId: Uuid;
  /** A word that stands in every name and text of this organization and nowhere else. */
  readonly marker: string;
  readonly business: TestBusiness;
  readonly callers: readonly TestCaller[];
  readonly ids: Readonly<Record<Kind, readonly string[]>>;
  readonly slug: string;
  readonly ownerEmail: string;
}

const IDS: Readonly<Record<Kind, string>> = {
  'api-keys': 'SELECT id FROM api_keys WHERE org_id = $1',
  'bulk-sends': 'SELECT id FROM bulk_sends WHERE org_id = $1',
  calls: 'SELECT id FROM calls WHERE org_id = $1',
  // The last one is a number of messages.
  'channel-connections': `SELECT id FROM channel_connections WHERE org_id = $1 ORDER BY channel = 'voice' DESC, id`,
  'consent-keywords': 'SELECT id FROM consent_keywords WHERE org_id = $1',
  'contact-fields': 'SELECT id FROM contact_fields WHERE org_id = $1 AND removed_at IS NULL',
  // The last one is somebody who wrote.
  contacts: `SELECT id FROM contacts c WHERE org_id = $1 ORDER BY (
       SELECT count(*) FROM conversations v JOIN messages m ON m.conversation_id = v.id WHERE v.contact_id = c.id)`,
  // The last one is the longest.
  conversations: `SELECT id FROM conversations v WHERE org_id = $1 ORDER BY (SELECT count(*) FROM messages m WHERE m.conversation_id = v.id)`,
  dead: `SELECT id::text FROM graphile_worker._private_jobs WHERE payload->>'orgId' = $1::text`,
  duplicates: 'SELECT id FROM contact_duplicates WHERE org_id = $1',
  imports: 'SELECT id FROM contact_imports WHERE org_id = $1',
  invitations: 'SELECT id FROM invitations WHERE org_id = $1',
  media: 'SELECT id FROM media_files WHERE org_id = $1',
  members: 'SELECT user_id AS id FROM memberships WHERE org_id = $1',
  'message-templates': 'SELECT id FROM message_templates WHERE org_id = $1',
  messages: 'SELECT id FROM messages WHERE org_id = $1',
  'operator-accesses': 'SELECT id FROM operator_accesses WHERE org_id = $1',
  organizations: 'SELECT id FROM organizations WHERE id = $1',
  'parked-deliveries': 'SELECT id FROM parked_deliveries WHERE org_id = $1',
  'phone-mappings': 'SELECT id FROM phone_number_mappings WHERE org_id = $1',
  sessions: 'SELECT id FROM auth_sessions WHERE signed_in_org_id = $1',
  'shared-numbers': 'SELECT connection_id AS id FROM shared_number_members WHERE org_id = $1',
  voice: 'SELECT id FROM voice_settings WHERE org_id = $1',
  'webhook-logs': 'SELECT id FROM webhook_logs WHERE org_id = $1',
};

/** Makes an organization with members of every role, two of everything that can be listed, and its dead jobs. */
export async function aTenant(place: TestInstallation, marker: string): Promise<Tenant> {
  const { app, twilio } = place;
  const business = await aBusiness(place);
  const { orgId, ownerId } = business;
  await aConnection(app, twilio, business.ownerToken);
  await callsOf(place, business, marker);
  const callers = await callersOf(place, business);
  await peopleOf(place, business, marker);
  for (const text of ['first', 'second']) {
    const conversation = await aConversation(place, business);
    await conversation.customer.writes(`${marker} asks the ${text} time`, {
      profileName: `${marker} ${text}`,
    });
    await conversation.reply(`${marker} answers the ${text} time`);
    await business.owner
      .post(`/conversations/${conversation.id}/messages`, {
        text: `${marker} will ask the ${text} time`,
        sendAt: new Date(Date.now() + 3_600_000).toISOString(),
        cause: { type: marker, id: text },
      })
      .expect(201);
    await place.quiet();
  }
  await app.db.query(
    `INSERT INTO message_status_events (org_id, id, message_id, provider_message_id, status, source, occurred_at)
     SELECT m.org_id, new_uuid_v7(), m.id, $2 || ' ' || m.id, 'sent', 'callback', now() FROM messages m, generate_series(1, 2)
     WHERE m.org_id = $1`,
    [orgId, marker],
  );
  await business.owner.post('/api-keys', { name: marker, scopes: ['contacts.read'] }).expect(201);
  await app.db.query('UPDATE organizations SET name = $2, provisioning_domains = $3 WHERE id = $1', [
    orgId,
    `${marker} Clinic`,
    [`${marker.toLowerCase()}.test`],
  ]);
  await app.db.query('UPDATE conversations SET assignee_id = $2 WHERE org_id = $1', [orgId, ownerId]);
  await app.db.query(`INSERT INTO contacts (org_id, id, name) VALUES ($1, new_uuid_v7(), $2)`, [
    orgId,
    `${marker} of a list`,
  ]);
  await app.db.query(`UPDATE contacts SET notes = $2, email = id || '@' || $3 WHERE org_id = $1`, [
    orgId,
    `${marker} prefers mornings`,
    `${marker.toLowerCase()}.test`,
  ]);
  await privacyOf(place, business);
  await app.db.query(
    `INSERT INTO operator_accesses (org_id, id, operator_id, session_id, reason, expires_at)
     SELECT $1, new_uuid_v7(), $2, new_uuid_v7(), $3 || ' asked for help', now() + interval '1 hour' FROM generate_series(1, 2)`,
    [orgId, ownerId, marker],
  );
  await app.db.query(`
    BEGIN;
    SELECT graphile_worker.add_job('test.dead', '{"orgId":"${orgId}"}'), graphile_worker.add_job('test.dead', '{"orgId":"${orgId}"}');
    UPDATE graphile_worker._private_jobs SET attempts = max_attempts, last_error = '${marker} failed' WHERE payload->>'orgId' = '${orgId}';
    COMMIT`);
  await importsOf(place, business, marker);
  await templatesOf(place, business, marker);
  await uploadMedia(app, business.ownerToken, aPng(), { query: `?fileName=${marker}.png` }).expect(201);
  for (const [at, word] of ['Erstes', 'Zweites'].entries())
    await business.owner
      .post('/consent-keywords', { word, language: 'de', action: 'help', reply: `${marker} answers ${at}` })
      .expect(201);
  await business.owner
    .patch('/consent-texts', { answer: 'help', language: 'de', text: `${marker} helps` })
    .expect(200);
  await bulkSendsOf(place, business, marker);
  await app.db.query(
    `INSERT INTO phone_verifications (org_id, id, mapping_id, phone, channel, expires_at)
     SELECT org_id, new_uuid_v7(), id, phone_number, 'whatsapp', now() + interval '1 hour' FROM phone_number_mappings
     WHERE org_id = $1`,
    [orgId],
  );
  await sharedNumbersOf(place, business, marker);
  for (const key of ['first', 'second'])
    await business.owner
      .post('/contact-fields', { key, label: `${marker} ${key}`, type: 'text' })
      .expect(201);
  const ids: Partial<Record<Kind, string[]>> = {};
  for (const kind of KINDS) {
    const rows = await app.db.query<{ id: string }>(IDS[kind], [orgId]);
    if (rows.length === 0) throw new Error(`this organization has no ${kind}`);
    ids[kind] = rows.map(({ id }) => id);
  }
  const [row] = await app.db.query<{ slug: string; email: string }>(
    'SELECT o.slug, u.email FROM organizations o, users u WHERE o.id = $1 AND u.id = $2',
    [orgId, ownerId],
  );
  return {
    orgId,
    marker,
    business,
    callers,
    ids: ids as Record<Kind, string[]>,
    slug: row!.slug,
    ownerEmail: row!.email,
  };
}

/** Pairs of contacts that are alike, and everybody under legal hold and, long ago, erased. */
async function privacyOf({ app }: TestInstallation, { orgId }: TestBusiness): Promise<void> {
  await app.db.query(
    `INSERT INTO contact_duplicates (org_id, id, contact_id, other_id, score, reasons, seen_at)
     SELECT $1, new_uuid_v7(), a.id, b.id, 70, '{same_email}', now() FROM contacts a JOIN contacts b ON b.id > a.id
     WHERE a.org_id = $1 AND b.org_id = $1`,
    [orgId],
  );
  await app.db.query(
    `INSERT INTO contact_legal_holds (org_id, id, contact_id, reason) SELECT org_id, new_uuid_v7(), id, 'A claim ' || id
     FROM contacts WHERE org_id = $1`,
    [orgId],
  );
  await app.db.query(
    `INSERT INTO contact_erasures (org_id, id, contact_id, reason, status) SELECT org_id, new_uuid_v7(), id, 'requested', 'done'
     FROM contacts WHERE org_id = $1`,
    [orgId],
  );
}

/** Two invitations, and a second session of the owner. */
async function peopleOf({ app }: TestInstallation, { owner }: TestBusiness, marker: string): Promise<void> {
  for (const name of ['first', 'second'])
    await owner
      .post('/invitations', { email: `${name}@${marker.toLowerCase()}.test`, role: 'agent' })
      .expect(201);
  const { body } = await owner.get('/me').expect(200);
  await app
    .http()
    .post('/api/v1/auth/sign-in')
    .set('user-agent', `${marker} phone`)
    .send({ email: String((body as { user: { email: unknown } }).user.email), password: PASSWORD })
    .expect(200);
}

/** A number that is called, and two calls to it. */
async function callsOf(place: TestInstallation, business: TestBusiness, marker: string): Promise<void> {
  const voice = await aVoiceNumber(place, business.ownerToken);
  await voice.set({ greeting: `${marker} greets` });
  for (const voicemail of [Buffer.from('ID3 is short'), null])
    await place.twilio.call({ from: aCustomerNumber(), to: voice.address, voicemail });
  await place.quiet();
  await place.app.db.query(
    `UPDATE contacts c SET name = $2 WHERE org_id = $1 AND EXISTS (SELECT FROM calls l WHERE l.org_id = c.org_id AND l.contact_id = c.id)`,
    [business.orgId, `${marker} calls`],
  );
}

/** Two drafts, as if they had been looked at by everybody. */
async function bulkSendsOf(
  { app, twilio }: TestInstallation,
  business: TestBusiness,
  marker: string,
): Promise<void> {
  const { orgId, owner, connection } = business;
  const templateId = await anApprovedTemplate({ db: app.db, twilio }, business, {
    body: `${marker} is closed.`,
  });
  for (const name of ['first', 'second'])
    await owner
      .post('/bulk-sends', {
        name: `${marker} ${name}`,
        segment: {},
        connectionId: connection.id,
        templateId,
      })
      .expect(201);
  await app.db.query(
    `INSERT INTO bulk_send_recipients (org_id, id, bulk_send_id, contact_id, skipped_because)
     SELECT $1, new_uuid_v7(), b.id, c.id, 'no_consent' FROM bulk_sends b, contacts c WHERE b.org_id = $1 AND c.org_id = $1`,
    [orgId],
  );
}

/** A number as if it were shared, somebody who was asked, and two messages that are parked. */
async function sharedNumbersOf(
  { app }: TestInstallation,
  { orgId, connection }: TestBusiness,
  marker: string,
): Promise<void> {
  const values = [orgId, connection.id];
  await app.db.query(
    `INSERT INTO shared_number_members (org_id, id, connection_id, member_org_id, member_connection_id)
     VALUES ($1, new_uuid_v7(), $2, new_uuid_v7(), new_uuid_v7())`,
    values,
  );
  await app.db.query(
    `INSERT INTO shared_senders (org_id, id, connection_id, address) VALUES ($1, new_uuid_v7(), $2, $3)`,
    [...values, `${marker} sender`],
  );
  await app.db.query(
    `INSERT INTO parked_deliveries (org_id, id, connection_id, address, webhook_log_id, received_at, claim_id, state, reason)
     SELECT $1, new_uuid_v7(), $2, $3, new_uuid_v7(), now(), new_uuid_v7(), 'waiting', 'unknown_sender' FROM generate_series(1, 2)`,
    [...values, `${marker} sender`],
  );
}

/** Two dry runs: of each the file and the report are there. */
async function importsOf({ app }: TestInstallation, business: TestBusiness, marker: string): Promise<void> {
  for (const file of ['first', 'second']) {
    const { body } = await upload(
      app,
      business.ownerToken,
      `${marker} phone,${marker} name\nnonsense,${marker} ${file}\n`,
      { query: `?fileName=${marker}-${file}.csv` },
    );
    const mapping = [{ column: 1, field: 'phone' }];
    const order = { mapping, dryRun: true, hasHeader: true };
    await business.owner.post(`/contacts/imports/${body.id}/start`, order).expect(202);
    await app.settled();
  }
}

/** A text of its own, and two that its provider holds. */
async function templatesOf(
  { app, twilio }: TestInstallation,
  business: TestBusiness,
  marker: string,
): Promise<void> {
  const { owner, connection } = business;
  const template = { name: `${marker} text`, language: 'en', consentPurpose: 'transactional', variables: [] };
  await owner.post('/message-templates', { ...template, body: `${marker} says hello` }).expect(201);
  for (const friendlyName of [`${marker} first`, `${marker} second`])
    twilio.addContent({ accountSid: connection.number.accountSid, friendlyName, body: `${marker} offers` });
  await owner.post('/message-templates/sync', { connectionId: connection.id }).expect(202);
  await app.settled();
}

async function callersOf(
  { app }: TestInstallation,
  { orgId, ownerToken }: TestBusiness,
): Promise<TestCaller[]> {
  const callers: TestCaller[] = [];
  for (const role of ROLES) {
    const token = role === 'owner' ? ownerToken : (await aMember(app, orgId, role)).token;
    callers.push({ name: role, token, permissions: permissionsOf(role) });
  }
  const key = await anApiKey(app, orgId, API_KEY_SCOPES);
  callers.push({ name: 'API key', token: key, permissions: new Set(API_KEY_SCOPES) });
  callers.push({ name: 'anonymous', token: undefined, permissions: undefined });
  return callers;
}
