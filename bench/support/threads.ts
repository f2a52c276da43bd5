import { connectNumber } from './numbers';
import { startApi } from './over-http';
import type { World } from './world';

/** What waits to be sent, or is being handed over. */
const UNFINISHED = `status = 'queued' OR (status = 'sending' AND provider_message_id IS NULL)`;

/** Connects numbers that the simulator's account owns, each with a pace. Returns the connections' ids. */
export async function connectNumbers(
  world: World,
  numbers: readonly string[],
  sendsPerSecond: number,
): Promise<string[]> {
  const { simulator, accountSid } = world;
  const api = await startApi(world);
  const ids: string[] = [];
  try {
    for (const number of numbers) {
      simulator.addNumber({ accountSid, address: `whatsapp:${number}` });
      ids.push(await connectNumber(world, api, number));
    }
  } finally {
    await api.stop();
  }
  await world.query('UPDATE channel_connections SET sends_per_second = $1 WHERE id = ANY ($2::uuid[])', [
    sendsPerSecond,
    ids,
  ]);
  return ids;
}

/**
 * Customers who wrote to one of the connections a moment ago, and thereby consented; made in bulk, past most triggers. `area` is
 * the beginning of their numbers, which nobody else's have.
 */
export async function fillThreads(
  world: World,
  connections: readonly string[],
  area: string,
  count: number,
): Promise<void> {
  await world.query('SET session_replication_role = replica');
  await world.query(
    `WITH people AS (
       SELECT i, new_uuid_v7() AS id, $2 || lpad(i::text, 12 - length($2), '0') AS phone FROM generate_series(1, $3::int) i),
     contact AS (INSERT INTO contacts (org_id, id, name, phone, lead_status)
       SELECT $1, id, 'Customer ' || i, phone, 'contacted' FROM people)
     INSERT INTO consent_events (org_id, id, phone, channel, action, source, at)
       SELECT $1, new_uuid_v7(), phone, 'whatsapp', 'opt_in', 'inbound_message', now() FROM people`,
    [world.orgId, area, count],
  );
  // A statement of its own: whether somebody may be marked as consenting is asked of a ledger that says so already.
  await world.query(
    `WITH people AS (SELECT row_number() OVER () AS i, id, phone FROM contacts WHERE org_id = $1 AND phone ^@ $3),
     mapping AS (INSERT INTO phone_number_mappings (org_id, id, contact_id, phone_number, whatsapp_opted_in, whatsapp_opted_in_at)
       SELECT $1, new_uuid_v7(), id, phone, true, now() FROM people)
     INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, session_window_ends_at, last_message_at,
         last_inbound_at)
       SELECT $1, new_uuid_v7(), id, ($2::uuid[])[1 + i % cardinality($2::uuid[])], phone, now() + interval '1 day', now(), now()
       FROM people`,
    [world.orgId, connections, area],
  );
  await world.query('RESET session_replication_role');
  for (const table of ['contacts', 'phone_number_mappings', 'consent_events', 'conversations'])
    await world.query(`ANALYZE ${table}`);
}

/** Has messages wait in the threads of the connections, `each` to a thread; made in bulk, past the triggers. */
export async function queueMessages(
  world: World,
  connections: readonly string[],
  purpose: 'reply' | 'bulk',
  each: number,
): Promise<void> {
  await world.query('SET session_replication_role = replica');
  await world.query(
    `INSERT INTO messages (org_id, id, conversation_id, connection_id, direction, purpose, body, author_type, status)
       SELECT org_id, new_uuid_v7(), id, connection_id, 'outgoing', $3, 'Your appointment is on Friday at noon: number ' || i, 'system',
         'queued'
       FROM generate_series(1, $4::int) i, conversations WHERE org_id = $1 AND connection_id = ANY ($2::uuid[])`,
    [world.orgId, connections, purpose, each],
  );
  await world.query('RESET session_replication_role');
  await world.query('ANALYZE messages');
}

/** Queues the jobs that whoever writes a message queues. */
export async function dispatchAll(world: World, connections: readonly string[]): Promise<void> {
  await world.query(
    `SELECT graphile_worker.add_job('conversations.dispatch',
       json_build_object('orgId', $1::uuid, 'requestId', new_uuid_v7(), 'connectionId', id), max_attempts => 12)
     FROM unnest($2::uuid[]) AS c (id)`,
    [world.orgId, connections],
  );
}

/** Waits until nothing of the connections is being sent any more. Throws when a message came to nothing. */
export async function allSent(world: World, connections: readonly string[]): Promise<void> {
  for (;;) {
    const [row] = await world.query<{ unfinished: number; failed: string | null }>(
      `SELECT count(*) FILTER (WHERE ${UNFINISHED})::int AS unfinished, min(error_code) FILTER (WHERE status = 'failed') AS failed
       FROM messages WHERE org_id = $1 AND connection_id = ANY ($2::uuid[])`,
      [world.orgId, connections],
    );
    if (row?.failed) throw new Error(`a message was not sent: ${row.failed}`);
    if (row?.unfinished === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
