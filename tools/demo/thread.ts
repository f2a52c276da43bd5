import type { Conversation, Message } from './frontdesk';
import { eventually, type Customer, type Scene } from './scene';

/** The thread with a customer over a number, once there is one. */
export async function threadWith(
  scene: Scene,
  { name, phone }: Customer,
  connectionId: string,
): Promise<Conversation> {
  const ours = ({ contact }: Conversation): boolean => contact.phone === phone;
  const threads = await eventually(
    scene,
    () => scene.frontdesk.list<Conversation>(`/conversations?connectionId=${connectionId}`),
    (all) => all.some(ours),
  );
  const thread = threads.find(ours);
  if (!thread) throw new Error(`what ${name} wrote became no conversation`);
  return thread;
}

/** Prints a thread in which the owner can answer, and compares. */
export function leftThread({ out }: Scene, thread: Conversation): void {
  const { connection, status, sessionWindowEndsAt, cannotReplyBecause } = thread;
  out.left('conversation', { channel: connection?.channel, status, sessionWindowEndsAt, cannotReplyBecause });
  out.expect('why no answer can be sent', cannotReplyBecause, null);
}

/** A message as soon as it arrived, or as it is when that takes too long. */
export function arrived(scene: Scene, messageId: string): Promise<Message> {
  return eventually(
    scene,
    () => scene.frontdesk.read<Message>(`/messages/${messageId}`),
    ({ status }) => status === 'delivered',
  );
}

/** The owner answers; resolves when the answer arrived. */
export async function answer(scene: Scene, thread: Conversation, text: string): Promise<Message> {
  const { frontdesk, out } = scene;
  out.says('Owner', text);
  const path = `/conversations/${thread.id}/messages`;
  const { status, body } = await frontdesk.post<Message>(path, { text });
  out.expect('the answer to the owner', status, 201);
  const message = await arrived(scene, body.id);
  const { direction, segments } = message;
  out.left('message', { direction, status: message.status, segments });
  out.expect('the status of the message', message.status, 'delivered');
  return message;
}

/** Prints what a customer's phone shows, and compares. */
export function onThePhone({ out }: Scene, shown: readonly string[], expected: readonly string[]): void {
  out.tell(
    `the customer’s phone shows ${shown.length === 0 ? 'nothing' : shown.map((text) => `“${text}”`).join(', ')}`,
  );
  out.expect('what the phone shows', shown, expected);
}
