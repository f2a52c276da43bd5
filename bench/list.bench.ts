import { randomUUID } from 'node:crypto';
import type { Comparison } from './support/measure';
import { listAgainstNode } from './support/over-http';
import type { World } from './support/world';

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

/** The newest 50 messages of a conversation. */
export async function messageList(world: World): Promise<Comparison> {
  const conversationId = await fillConversations(world);
  return listAgainstNode(world, `/api/v1/conversations/${conversationId}/messages`);
}
