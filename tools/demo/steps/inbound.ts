import type { AuditLog, Contact, Conversation, Message } from '../frontdesk';
import {
  deliveriesOf,
  eventually,
  expectTakenIn,
  leftDelivery,
  messagesOf,
  type Scene,
  type Step,
} from '../scene';

const TEXT = 'Is Friday at ten free?';

async function leftContact({ frontdesk, out, customer }: Scene, id: string): Promise<void> {
  const { name, phone, leadStatus } = await frontdesk.read<Contact>(`/contacts/${id}`);
  out.left('contact', { name, phone, leadStatus });
  out.expect('the contact', { name, phone }, { name: customer.name, phone: customer.phone });
}

async function leftMessage(scene: Scene, messageSid: string): Promise<Message | undefined> {
  const { out } = scene;
  const messages = await messagesOf(scene);
  const [message] = messages;
  const { direction, status, text } = message ?? {};
  out.left('message', { direction, status, text, author: message?.author.type });
  out.expect('the number of messages', messages.length, 1);
  out.expect('what was stored', { direction, text }, { direction: 'incoming', text: TEXT });
  out.expect('its id at Twilio', message?.providerMessageId, messageSid);
  return message;
}

/** A customer writes for the first time. */
export const inbound: Step = async (scene) => {
  const { frontdesk, twilio, out, customer } = scene;
  out.step('A customer writes for the first time');
  out.says(customer.name, TEXT);
  const delivered = await twilio.receive({
    from: customer.address,
    to: scene.businessAddress,
    body: TEXT,
    profileName: customer.name,
  });
  const { messageSid, token } = delivered;
  scene.first = { messageSid, token, text: TEXT };
  expectTakenIn(scene, delivered);

  const [log] = await eventually(
    scene,
    () => deliveriesOf(scene, messageSid, 'message_inbound'),
    (logs) => logs[0]?.status === 'processed',
  );
  leftDelivery(scene, log, {
    signatureVerified: true,
    status: 'processed',
    responseStatus: 200,
    error: null,
  });

  const ours = ({ contact }: Conversation): boolean => contact.phone === customer.phone;
  const conversations = await eventually(
    scene,
    () => frontdesk.list<Conversation>('/conversations'),
    (all) => all.some(ours),
  );
  const conversation = conversations.find(ours);
  if (!conversation) throw new Error('the message became no conversation');
  scene.conversationId = conversation.id;
  await leftContact(scene, conversation.contact.id);
  const { status, sessionWindowEndsAt, cannotReplyBecause } = conversation;
  out.left('conversation', { status, sessionWindowEndsAt, cannotReplyBecause });
  out.expect(
    'the conversation',
    { status, cannotReplyBecause },
    { status: 'open', cannotReplyBecause: null },
  );

  const message = await leftMessage(scene, messageSid);
  const [trace] = await frontdesk.list<AuditLog>(
    `/audit-logs?tableName=messages&recordId=${message?.id ?? ''}`,
  );
  out.left('audit_log', {
    eventType: trace?.eventType,
    actorType: trace?.actorType,
    body: trace?.newValues?.['body'],
  });
  out.expect('the trace', [trace?.eventType, trace?.newValues?.['body']], ['messages.insert', '[hidden]']);
};
