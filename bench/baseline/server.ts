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
  'SELECT accept_webhook($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18) AS accepted';

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function accept(request: IncomingMessage): Promise<string> {
  const fields = Object.fromEntries(new URLSearchParams(await bodyOf(request)));
  const sid = fields['MessageSid'] ?? '';
  await pool.query(ACCEPT, [
    randomUUID(),
    orgId,
    connectionId,
    'twilio_whatsapp',
    'message_inbound',
    sid,
    request.url,
    'POST',
    JSON.stringify({ 'user-agent': request.headers['user-agent'] }),
    JSON.stringify(fields),
    request.headers['x-twilio-signature'] ?? null,
    '127.0.0.1',
    new Date(),
    randomUUID(),
    `message:${sid}`,
    'message',
    sid,
    randomUUID(),
  ]);
  return TWIML;
}

const MESSAGES = `SELECT id, conversation_id AS "conversationId", direction, purpose, body AS text, media, status,
    error_code AS "errorCode", author_type AS "authorType", author_id AS "authorId", created_at AS "createdAt"
  FROM messages WHERE org_id = $1 AND conversation_id = $2 ORDER BY created_at DESC, id DESC LIMIT 51`;

async function list(request: IncomingMessage): Promise<string> {
  const [, , , , conversationId] = (request.url ?? '').split('/');
  const { rows } = await pool.query(MESSAGES, [orgId, conversationId]);
  return JSON.stringify({ items: rows.slice(0, 50), nextCursor: rows.length > 50 ? 'next' : null });
}

const server = createServer((request, response) => {
  const post = request.method === 'POST';
  const work = post ? accept(request) : request.url === '/' ? Promise.resolve('ready') : list(request);
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
