import type { Message } from '../frontdesk';
import { messagesOf, type Step } from '../scene';

const TEXT = 'We have an offer for you!';

/** The owner writes all the same, and cannot. */
export const refused: Step = async (scene) => {
  const { frontdesk, twilio, out, customer, conversationId } = scene;
  out.step('The owner writes all the same');
  out.says('Owner', TEXT);
  const [messages, phone] = [await messagesOf(scene), await twilio.phone(customer.address)];
  const path = `/conversations/${conversationId}/messages`;
  const { status, body } = await frontdesk.post<Message>(path, { text: TEXT });
  out.tell(`refused with ${status} ${body.code ?? ''}: ${body.detail ?? ''}`);
  out.expect('the answer', [status, body.code], [422, 'contact_opted_out']);
  const after = await messagesOf(scene);
  out.tell(`the conversation still has ${after.length} messages, the phone ${phone.length}`);
  out.expect('the messages', after.length, messages.length);
  out.expect('what the phone shows', (await twilio.phone(customer.address)).length, phone.length);
};
