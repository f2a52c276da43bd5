import { newId, type Uuid } from '../../src/common/context';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import type { TestBusiness } from './business';
import type { TestDatabase } from './databases';

type Looks = Pick<TestDatabase, 'query'>;

/** A template that Twilio approved, with the variables `1` and so on; the text is as people would read it. */
export async function anApprovedTemplate(
  { db, twilio }: { readonly db: Looks; readonly twilio: Pick<TwilioSimulator, 'addContent'> },
  { orgId, connection }: Pick<TestBusiness, 'orgId' | 'connection'>,
  { body = 'Dear {{1}}, we are closed on {{2}}.', purpose = 'transactional', approval = 'approved' } = {},
): Promise<Uuid> {
  const id = newId();
  const names = [...new Set([...body.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name))];
  const { accountSid } = connection.number;
  const sid = `HX${id.replaceAll('-', '')}`;
  twilio.addContent({
    accountSid,
    sid,
    body,
    variables: Object.fromEntries(names.map((name) => [name, 'x'])),
  });
  await db.query(
    `INSERT INTO message_templates (org_id, id, kind, name, language, consent_purpose, body, variables, provider,
       provider_account_id, provider_template_id, content_type, approval, provider_purpose)
     VALUES ($1, $2, 'provider', $3, 'en', $4, $5, $6, 'twilio', $7, $8, 'twilio/text', $9, $4)`,
    [
      ...[orgId, id, `template ${id}`, purpose, body],
      JSON.stringify(names.map((name) => ({ name, type: 'text', example: 'x', maxLength: 40 }))),
      ...[accountSid, sid, approval],
    ],
  );
  return id;
}

let people = 100_000;

/** Somebody in the contact book. */
export interface TestPerson {
  readonly name?: string | null;
  readonly email?: string | null;
  readonly tags?: readonly string[];
  /** Null for nobody's. */
  readonly phone?: string | null;
  /** What they consented to; `none` for nothing that is known. */
  readonly consent?: 'in' | 'out' | 'none';
  readonly status?: 'active' | 'suspended' | 'invalid';
}

/** Adds contacts who consented to be written to on WhatsApp, unless something else is said. */
export async function somePeople(
  db: Looks,
  orgId: Uuid,
  wanted: readonly TestPerson[],
): Promise<{ id: Uuid; phone: string | null }[]> {
  const rows = wanted.map((person) => ({
    id: newId(),
    name: 'Ada Example',
    email: null,
    tags: ['all'],
    phone: `+49160${String(++people).padStart(8, '0')}`,
    consent: 'in',
    status: 'active',
    ...person,
  }));
  await db.query(
    `INSERT INTO contacts (org_id, id, name, email, phone, tags)
     SELECT $1, p.id, p.name, p.email, p.phone, ARRAY(SELECT jsonb_array_elements_text(p.tags))
     FROM jsonb_to_recordset($2) AS p(id uuid, name text, email text, phone text, tags jsonb)`,
    [orgId, JSON.stringify(rows)],
  );
  const known = rows.filter(({ phone, consent }) => phone !== null && consent !== 'none');
  await db.query(
    `INSERT INTO consent_events (org_id, id, phone, channel, action, source, at)
     SELECT $1, new_uuid_v7(), p.phone, 'whatsapp', 'opt_' || p.consent, 'api', now()
     FROM jsonb_to_recordset($2) AS p(phone text, consent text)`,
    [orgId, JSON.stringify(known)],
  );
  await db.query(
    `INSERT INTO phone_number_mappings (org_id, id, contact_id, phone_number, status, whatsapp_opted_in, whatsapp_opted_in_at,
       whatsapp_opted_out_at)
     SELECT $1, new_uuid_v7(), p.id, p.phone, p.status, p.consent = 'in', CASE WHEN p.consent = 'in' THEN now() END,
       CASE WHEN p.consent = 'out' THEN now() END
     FROM jsonb_to_recordset($2) AS p(id uuid, phone text, status text, consent text)`,
    [orgId, JSON.stringify(known)],
  );
  return rows.map(({ id, phone }) => ({ id, phone }));
}
