import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '../tools/twilio-simulator';
import { startWorker } from './dispatch.bench';
import { startApi } from './support/over-http';
import type { ServerProcess } from './support/process';
import { connectNumbers, dispatchAll, fillThreads, queueMessages } from './support/threads';
import type { World } from './support/world';

const NUMBER = '+15551119999';
const AREA = '+1558';
const SENDS_PER_SECOND = 50;
const THREADS = 10_000;
const EACH = 10;
const REPLIES = 30;

/** How many bulk messages went before each reply. */
export interface ReplyResult {
  /** Taken for sending when the reply had been written: what it waited for. */
  readonly waited: readonly number[];
  /** Taken before, and on their way or with the provider. */
  readonly underWay: readonly number[];
}

interface SentRow {
  readonly id: string;
  readonly sid: string;
  readonly bulk: boolean;
  readonly taken: Date;
}

/** A reply, and when the API had said that it is written. */
interface Reply {
  readonly id: string;
  readonly writtenAt: number;
}

async function write(world: World, api: ServerProcess, conversationId: string): Promise<Reply> {
  const response = await fetch(`${api.url}/api/v1/conversations/${conversationId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'Yes, noon is fine.' }),
  });
  if (response.status !== 201) throw new Error(`a reply was answered ${response.status}`);
  const { id } = (await response.json()) as { id: string };
  return { id, writtenAt: Date.now() };
}

/** Writes replies to people who wait for nothing else, one a second or so: never at the same point between two sends. */
async function writeReplies(world: World, connection: string): Promise<Reply[]> {
  const threads = await world.query<{ id: string }>(
    `SELECT c.id FROM conversations c WHERE c.org_id = $1 AND c.connection_id = $2 AND NOT EXISTS (
       SELECT FROM messages m WHERE m.org_id = c.org_id AND m.conversation_id = c.id)`,
    [world.orgId, connection],
  );
  const api = await startApi(world);
  const replies: Reply[] = [];
  try {
    for (const { id } of threads) {
      await sleep(1_000 + ((replies.length * 7) % 20));
      replies.push(await write(world, api, id));
    }
  } finally {
    await api.stop();
  }
  return replies;
}

/** What the provider has of the connection, in the order in which it arrived there. */
async function arrived(world: World, connection: string): Promise<(SentRow & Message)[]> {
  const rows = await world.query<SentRow>(
    `SELECT id, provider_message_id AS sid, purpose = 'bulk' AS bulk, attempted_at AS taken FROM messages
     WHERE org_id = $1 AND connection_id = $2 AND provider_message_id IS NOT NULL`,
    [world.orgId, connection],
  );
  const bySid = new Map(rows.map((row) => [row.sid, row]));
  const messages = world.simulator.messages({ from: `whatsapp:${NUMBER}` });
  return messages
    .flatMap((message) => {
      const row = bySid.get(message.sid);
      return row ? [{ ...message, ...row }] : [];
    })
    .sort((a, b) => a.arrival - b.arrival);
}

function resultOf(replies: readonly Reply[], sent: readonly (SentRow & Message)[]): ReplyResult {
  const counts = replies.map(({ id, writtenAt }) => {
    const reply = sent.find((message) => message.id === id);
    if (!reply) throw new Error('a reply was not sent');
    const before = sent.filter(
      ({ bulk, receivedAt, arrival }) => bulk && receivedAt > writtenAt && arrival < reply.arrival,
    );
    const waited = before.filter(({ taken }) => taken.getTime() > writtenAt).length;
    return { waited, underWay: before.length - waited };
  });
  return { waited: counts.map(({ waited }) => waited), underWay: counts.map(({ underWay }) => underWay) };
}

/** Replies that the staff writes while 100,000 bulk messages go out over the same number at its pace. */
export async function liveReplies(world: World): Promise<ReplyResult> {
  const connections = await connectNumbers(world, [NUMBER], SENDS_PER_SECOND);
  const [connection = ''] = connections;
  await fillThreads(world, connections, AREA, THREADS);
  await queueMessages(world, connections, 'bulk', EACH);
  await fillThreads(world, connections, `${AREA}9`, REPLIES);
  world.simulator.configure({ callbacks: false });
  const worker = await startWorker(world);
  try {
    await dispatchAll(world, connections);
    const replies = await writeReplies(world, connection);
    await sleep(2_000);
    return resultOf(replies, await arrived(world, connection));
  } finally {
    await worker.stop();
    world.simulator.configure({ callbacks: true });
    await cancelTheRest(world, connection);
  }
}

async function cancelTheRest(world: World, connection: string): Promise<void> {
  await world.query('SET session_replication_role = replica');
  await world.query(
    `UPDATE messages SET status = 'canceled' WHERE org_id = $1 AND connection_id = $2 AND status = 'queued'`,
    [world.orgId, connection],
  );
  await world.query('RESET session_replication_role');
}
