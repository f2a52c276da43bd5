import { randomUUID } from 'node:crypto';
import type { AuditLog, Message, StatusEvent } from '../frontdesk';
import { deliveriesOf, eventually, leftDelivery, type Step } from '../scene';

const TEXT = 'It is. Shall I book it for you?';

/** The owner answers; the answer leaves through Twilio, and its status comes back. */
export const reply: Step = async (scene) => {
  const { frontdesk, twilio, out, customer, conversationId, ownerId } = scene;
  out.step('The owner answers');
  out.says('Owner', TEXT);
  const path = `/conversations/${conversationId}/messages`;
  const key = { 'idempotency-key': randomUUID() };
  const { status, body } = await frontdesk.post<Message>(path, { text: TEXT }, key);
  out.tell(`POST ${path} was answered ${status} with status ${body.status}`);
  out.expect('the answer', status, 201);
  const again = await frontdesk.post<Message>(path, { text: TEXT }, key);
  out.tell(`the same request again, with the same Idempotency-Key, is the same message`);
  out.expect('the message of the repeated request', again.body.id, body.id);

  const message = await eventually(
    scene,
    () => frontdesk.read<Message>(`/messages/${body.id}`),
    (found) => found.status === 'delivered',
  );
  const phone = await twilio.phone(customer.address);
  out.tell(`the customer’s phone shows ${phone.length} message: “${phone[0]?.body ?? ''}”`);
  out.expect(
    'what the phone shows',
    phone.map(({ body: text }) => text),
    [TEXT],
  );
  out.left('message', { direction: message.direction, status: message.status, author: message.author.type });
  out.expect('the status of the message', message.status, 'delivered');
  out.expect('its id at Twilio', message.providerMessageId, phone[0]?.sid);

  const sid = message.providerMessageId ?? '';
  const reports = await eventually(
    scene,
    () => deliveriesOf(scene, sid, 'message_status'),
    (logs) => logs.length >= 3 && logs.every((log) => log.status === 'processed'),
  );
  out.tell(`Twilio reported ${reports.length} states`);
  for (const report of reports) leftDelivery(scene, report, { signatureVerified: true, status: 'processed' });
  out.expect('the number of reports', reports.length, 3);

  const events = await frontdesk.list<StatusEvent>(`/messages/${body.id}/status-events`);
  out.left('status_events', { course: events.map((event) => event.status).join(' → ') });
  out.expect('the last status that was told', events.at(-1)?.status, 'delivered');

  const trail = await frontdesk.list<AuditLog>(`/audit-logs?tableName=messages&recordId=${body.id}`);
  out.left('audit_log', { eventType: trail.at(-1)?.eventType, author: trail.at(-1)?.actorType });
  out.expect('who wrote it, in the audit trail', trail.at(-1)?.actor, ownerId);
};
