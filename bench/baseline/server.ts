import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { Pool } from 'pg';

/**
 * What the product is measured against: node:http and pg and nothing else. No check of any signature, no sign-in, no
 * validation; the same statements on pools of the same size.
 */
const pool = new Pool({
  connectionString: process.env['DATABASE_URL'] ?? '',
  max: Number(process.env['POOL_SIZE'] ?? '10'),
});
const orgId = process.env['ORG_ID'] ?? '';
const connectionId = process.env['CONNECTION_ID'] ?? '';
const TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';
const ACCEPT =
  'SELECT accept_webhook($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,NULL) AS accepted';

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** What a delivery holds, as the product takes it from the body. */
interface Received {
  readonly source: string;
  readonly id: string;
  readonly payload: object;
  readonly signature: string | string[] | undefined;
}

interface MetaBody {
  readonly entry: readonly {
    readonly changes: readonly {
      readonly value: { readonly messages: readonly { readonly id: string }[] };
    }[];
  }[];
}

function received({ url, headers }: IncomingMessage, body: string): Received {
  if (url?.includes('/whatsapp-cloud/')) {
    const [message] = (JSON.parse(body) as MetaBody).entry[0]?.changes[0]?.value.messages ?? [];
    const signature = headers['x-hub-signature-256'];
    return { source: 'whatsapp_cloud_whatsapp', id: message?.id ?? '', payload: message ?? {}, signature };
  }
  const payload = Object.fromEntries(new URLSearchParams(body));
  const signature = headers['x-twilio-signature'];
  return { source: 'twilio_whatsapp', id: payload['MessageSid'] ?? '', payload, signature };
}

async function accept(request: IncomingMessage): Promise<string> {
  const { source, id, payload, signature } = received(request, await bodyOf(request));
  await pool.query(ACCEPT, [
    randomUUID(),
    orgId,
    connectionId,
    source,
    'message_inbound',
    id,
    request.url,
    'POST',
    JSON.stringify({ 'user-agent': request.headers['user-agent'] }),
    JSON.stringify(payload),
    signature ?? null,
    '127.0.0.1',
    new Date(),
    randomUUID(),
    `message:${id}`,
    'message',
    id,
    randomUUID(),
    12,
  ]);
  return TWIML;
}

const MESSAGES = `SELECT id, conversation_id, direction, purpose, status, error_code, body, media, author_type, author_id,
    in_reply_to, provider_message_id, created_at, updated_at
  FROM messages WHERE org_id = $1 AND conversation_id = $2 ORDER BY created_at DESC, id DESC LIMIT 51`;

const CONTACTS = `SELECT id, name, phone, whatsapp_id, email, timezone, service_interests, tags, lead_score, lead_status, lead_status_reason,
    last_contact_at, custom_fields, version, created_at, updated_at
  FROM contacts WHERE org_id = $1 AND lead_status = $2 ORDER BY updated_at DESC, id DESC LIMIT 51`;

/** The very answer that the product gives, but for the cursor's text. */
async function listContacts(request: IncomingMessage): Promise<string> {
  const { searchParams } = new URL(request.url ?? '', 'http://baseline');
  const { rows } = await pool.query<Record<string, unknown>>(CONTACTS, [
    orgId,
    searchParams.get('leadStatus'),
  ]);
  const items = rows.slice(0, 50).map((row) => ({
    id: row['id'],
    name: row['name'],
    phone: row['phone'],
    whatsappId: row['whatsapp_id'],
    email: row['email'],
    timezone: row['timezone'],
    serviceInterests: row['service_interests'],
    tags: row['tags'],
    leadScore: row['lead_score'],
    leadStatus: row['lead_status'],
    leadStatusReason: row['lead_status_reason'],
    lastContactAt: row['last_contact_at'],
    customFields: row['custom_fields'],
    version: row['version'],
    createdAt: row['created_at'],
    updatedAt: row['updated_at'],
  }));
  return JSON.stringify({ items, nextCursor: rows.length > 50 ? 'next' : null });
}

/** The very answer that the product gives, but for the cursor's text. */
async function listMessages(request: IncomingMessage): Promise<string> {
  const [, , , , conversationId] = (request.url ?? '').split('/');
  const { rows } = await pool.query<Record<string, unknown>>(MESSAGES, [orgId, conversationId]);
  const items = rows.slice(0, 50).map((row) => ({
    id: row['id'],
    conversationId: row['conversation_id'],
    direction: row['direction'],
    purpose: row['purpose'],
    status: row['status'],
    errorCode: row['error_code'],
    text: row['body'],
    media: row['media'],
    author: { type: row['author_type'], id: row['author_id'] },
    inReplyTo: row['in_reply_to'],
    providerMessageId: row['provider_message_id'],
    createdAt: row['created_at'],
    updatedAt: row['updated_at'],
  }));
  return JSON.stringify({ items, nextCursor: rows.length > 50 ? 'next' : null });
}

function read(request: IncomingMessage): Promise<string> {
  if (request.url === '/') return Promise.resolve('ready');
  return request.url?.startsWith('/api/v1/contacts?') ? listContacts(request) : listMessages(request);
}

const server = createServer((request, response) => {
  const post = request.method === 'POST';
  const work = post ? accept(request) : read(request);
  work.then(
    (body) => response.writeHead(200, { 'content-type': post ? 'text/xml' : 'application/json' }).end(body),
    (error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    },
  );
});
server.listen(Number(process.env['PORT']), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
