import { Client } from 'pg';
import { loadConfig } from '../src/common/config';
import { newId, systemScope } from '../src/common/context';
import { Database } from '../src/common/database';
import { PreviewBulkSend } from '../src/modules/conversations/app/preview-bulk-send.query';
import { createApp } from '../src/server';
import { alternate, type Comparison } from './support/measure';
import type { World } from './support/world';

const RUNS = 9;

/** Of the largest organization everybody has a mapping, one in ten without consent, and one in ten a thread; past triggers. */
const FILL = `
  SET session_replication_role = replica;
  INSERT INTO channel_connections (org_id, id, provider, channel, address, provider_account_id, friendly_name, credentials,
      credentials_key_id, webhook_verify_token) VALUES ('$org', '$connection', 'twilio', 'whatsapp', '+15550002222', 'AC', 'N',
      '-', '$connection', '-');
  INSERT INTO message_templates (org_id, id, kind, name, language, consent_purpose, body, variables, provider,
      provider_account_id, provider_template_id, content_type, approval, provider_purpose)
    VALUES ('$org', '$template', 'provider', 'offer', 'en', 'transactional', 'Dear {{1}}, we are closed.',
      '[{"name": "1", "type": "text", "example": "Ada", "maxLength": 100}]', 'twilio', 'AC', 'HX', 'twilio/text', 'approved', 'transactional');
  INSERT INTO consent_events (org_id, id, phone, channel, action, source, at)
    SELECT org_id, new_uuid_v7(), phone, 'whatsapp', 'opt_in', 'import', now() FROM contacts
    WHERE org_id = '$org' AND hashtext(phone) % 10 <> 0;
  INSERT INTO phone_number_mappings (org_id, id, contact_id, phone_number, whatsapp_opted_in)
    SELECT org_id, new_uuid_v7(), id, phone, hashtext(phone) % 10 <> 0 FROM contacts WHERE org_id = '$org';
  INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, last_message_at)
    SELECT org_id, new_uuid_v7(), id, '$connection', phone, now() FROM contacts
    WHERE org_id = '$org' AND hashtext(phone) % 10 = 1;
  RESET session_replication_role;
  VACUUM ANALYZE phone_number_mappings, conversations`;

/** What somebody would write by hand: whom it reaches, and why not the others. */
const BY_HAND = `
  SELECT count(*) AS total,
    count(*) FILTER (WHERE reached IS NULL) AS no_address,
    count(*) FILTER (WHERE status = 'invalid') AS invalid_number,
    count(*) FILTER (WHERE status = 'suspended') AS suspended,
    count(*) FILTER (WHERE status = 'active' AND NOT opted_in AND opted_out_at IS NOT NULL) AS opted_out,
    count(*) FILTER (WHERE reached IS NOT NULL AND (status IS NULL OR status = 'active' AND NOT opted_in AND opted_out_at IS NULL)) AS no_consent,
    count(*) FILTER (WHERE status = 'active' AND opted_in AND bearer <> id) AS duplicate_address,
    count(*) FILTER (WHERE status = 'active' AND opted_in AND bearer IS NOT DISTINCT FROM id AND (name IS NULL OR length(name) > 100)) AS by_name,
    count(*) FILTER (WHERE status = 'active' AND opted_in AND bearer IS NOT DISTINCT FROM id AND length(name) <= 100) AS sendable
  FROM (
    SELECT c.id, NULLIF(btrim(c.name), '') AS name, COALESCE(v.contact_address, c.phone, c.whatsapp_id) AS reached, p.status,
      p.whatsapp_opted_in AS opted_in, p.whatsapp_opted_out_at AS opted_out_at, p.contact_id AS bearer
    FROM contacts c
      LEFT JOIN conversations v ON v.org_id = c.org_id AND v.contact_id = c.id AND v.connection_id = $2
      LEFT JOIN phone_number_mappings p ON p.org_id = c.org_id
        AND p.phone_number = COALESCE(v.contact_address, c.phone, c.whatsapp_id) COLLATE "default"
    WHERE c.org_id = $1
  ) everybody`;

/** Milliseconds of a preview over 200,000 contacts, as the product makes it for a request, against its query by hand. */
export async function bulkPreview({ adminUrl, env, largestOrgId: orgId }: World): Promise<Comparison> {
  const [connectionId, templateId] = [newId(), newId()];
  const byHand = new Client({ connectionString: adminUrl });
  await byHand.connect();
  const fill = FILL.replaceAll('$org', orgId)
    .replaceAll('$connection', connectionId)
    .replaceAll('$template', templateId);
  for (const statement of fill.split(';\n')) await byHand.query(statement);
  const app = await createApp(loadConfig({ ...env, ROLE: 'api', LOG_LEVEL: 'silent' }));
  await app.init();
  const database = app.get(Database, { strict: false });
  const previews = app.get(PreviewBulkSend, { strict: false });
  const variables = [{ name: '1', field: 'name' }];
  const wish = { segment: {}, connectionId, templateId, variables, perMinute: null };
  const preview = () =>
    database.runInOrg({ ...systemScope(orgId), pool: 'app', readOnly: true }, () => previews.of(wish));
  const query = () => byHand.query<{ total: string; sendable: string }>(BY_HAND, [orgId, connectionId]);
  try {
    const [seen, { rows }] = [await preview(), await query()];
    if (seen.total !== Number(rows[0]?.total) || seen.sendable !== Number(rows[0]?.sendable))
      throw new Error('product and baseline differ');
    return await alternate(RUNS, timed(preview), timed(query));
  } finally {
    await app.close();
    await byHand.end();
  }
}

function timed(work: () => Promise<unknown>): () => Promise<number> {
  return async () => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
}
