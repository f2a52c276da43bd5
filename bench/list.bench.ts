import { randomUUID } from 'node:crypto';
import { freePort } from '../tools/embedded';
import { requestsPerSecond } from './support/load';
import { alternate, type Comparison } from './support/measure';
import { startProcess } from './support/process';
import { POOL_SIZE, type World } from './support/world';

const RUNS = 9;
const SECONDS = 4;
const CONNECTIONS = 32;
const CONVERSATIONS = 200;
const MESSAGES_EACH = 500;

/** Conversations with messages, made in bulk. Returns the id of one of them. */
async function fillConversations(world: World): Promise<string> {
  await world.query('SET session_replication_role = replica');
  await world.query(
    `WITH c AS (INSERT INTO contacts (org_id, id, name, phone)
        SELECT $1, new_uuid_v7(), 'Customer ' || i, '+1556' || lpad(i::text, 7, '0') FROM generate_series(1, ${CONVERSATIONS}) i RETURNING id, phone),
      v AS (INSERT INTO conversations (org_id, id, contact_id, contact_address, last_message_at)
        SELECT $1, new_uuid_v7(), id, phone, now() FROM c RETURNING id)
     INSERT INTO messages (org_id, id, conversation_id, direction, body, author_type, status, created_at)
       SELECT $1, new_uuid_v7(), v.id, 'incoming', 'Message number ' || i || ', of about the length that people write.', 'contact', 'received',
         now() - make_interval(mins => i) FROM v, generate_series(1, ${MESSAGES_EACH}) i`,
    [world.orgId],
  );
  await world.query('RESET session_replication_role');
  await world.query('ANALYZE messages');
  const [row] = await world.query<{ id: string }>(`SELECT id FROM conversations WHERE org_id = $1 LIMIT 1`, [
    world.orgId,
  ]);
  return row?.id ?? randomUUID();
}

/** A figure would mean nothing if the two did not do the same. */
async function expectSameAnswer(
  world: World,
  conversationId: string,
  ...urls: readonly string[]
): Promise<void> {
  const answers = urls.map(async (url) => {
    const response = await fetch(`${url}/api/v1/conversations/${conversationId}/messages`, {
      headers: { authorization: `Bearer ${world.apiKey}` },
    });
    return JSON.stringify(((await response.json()) as { items: unknown[] }).items);
  });
  const [product, baseline] = await Promise.all(answers);
  if (product !== baseline) throw new Error('product and baseline answer differently');
}

/**
 * The newest 50 messages of a conversation: signed in by API key, validated, in an org-scoped transaction under row-level
 * security, against node:http and pg with an explicit filter and neither.
 */
export async function messageList(world: World): Promise<Comparison> {
  const conversationId = await fillConversations(world);
  const port = await freePort(0);
  const api = await startProcess(
    '../src/main.js',
    { ...world.env, ROLE: 'api' },
    world.env['PUBLIC_URL'] ?? '',
    '/health/live',
  );
  const baseline = await startProcess(
    'baseline/server.js',
    { DATABASE_URL: world.adminUrl, POOL_SIZE: String(POOL_SIZE), PORT: String(port), ORG_ID: world.orgId },
    `http://127.0.0.1:${port}`,
    '/',
  );
  const run = (url: string, seconds: number) => () =>
    requestsPerSecond({
      url,
      seconds,
      connections: CONNECTIONS,
      request: {
        method: 'GET',
        path: `/api/v1/conversations/${conversationId}/messages`,
        headers: { authorization: `Bearer ${world.apiKey}` },
      },
    });
  try {
    await expectSameAnswer(world, conversationId, api.url, baseline.url);
    await run(api.url, 2)();
    await run(baseline.url, 2)();
    return await alternate(RUNS, run(api.url, SECONDS), run(baseline.url, SECONDS));
  } finally {
    await Promise.all([api.stop(), baseline.stop()]);
  }
}
