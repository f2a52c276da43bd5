import { randomUUID } from 'node:crypto';
import type { Message } from '../frontdesk';
import type { Step } from '../scene';

const TEXT = 'Your appointment is in half an hour.';
const AN_HOUR = 3_600_000;

/** A reminder waits for its time; what it is about is cancelled, and it is never sent. */
export const later: Step = async ({ frontdesk, twilio, out, customer, conversationId }) => {
  out.step('The owner schedules a reminder; then the appointment is cancelled');
  out.says('Owner, in an hour', TEXT);
  const cause = { type: 'appointment', id: randomUUID() };
  const before = await twilio.phone(customer.address);
  const { status, body } = await frontdesk.post<Message>(`/conversations/${conversationId}/messages`, {
    text: TEXT,
    sendAt: new Date(Date.now() + AN_HOUR).toISOString(),
    cause,
  });
  out.left('message', { status: body.status, heldBecause: body.heldBecause, heldUntil: body.heldUntil });
  out.expect('the answer', [status, body.status, body.heldBecause], [201, 'held', 'scheduled']);
  const held = await frontdesk.list<Message>('/messages/held');
  out.expect(
    'whether it is among those that wait',
    held.some(({ id }) => id === body.id),
    true,
  );

  const canceled = await frontdesk.post<{ canceled: number }>('/message-causes/cancel', cause);
  out.tell(`POST /message-causes/cancel canceled ${canceled.body.canceled} message`);
  out.expect('how many were canceled', canceled.body.canceled, 1);
  const message = await frontdesk.read<Message>(`/messages/${body.id}`);
  const after = await twilio.phone(customer.address);
  out.left('message', { status: message.status });
  out.tell(`the phone still shows ${after.length} messages`);
  out.expect('the status of the message', message.status, 'canceled');
  out.expect('what the phone shows', after.length, before.length);
};
