import type { TimelineItem } from '../frontdesk';
import {
  conversationOf,
  deliveriesOf,
  eventually,
  expectTakenIn,
  leftDelivery,
  messagesOf,
  type Step,
} from '../scene';

/** The customer wants no more messages. That this was obeyed is the last thing that they get. */
export const stop: Step = async (scene) => {
  const { frontdesk, twilio, out, customer, businessAddress } = scene;
  out.step('The customer writes STOP');
  out.says(customer.name, 'STOP');
  const before = await twilio.phone(customer.address);
  const delivered = await twilio.receive({ from: customer.address, to: businessAddress, body: 'STOP' });
  expectTakenIn(scene, delivered);
  const messages = await eventually(
    scene,
    () => messagesOf(scene),
    (all) => all.some(({ purpose, status }) => purpose === 'consent_reply' && status === 'delivered'),
  );
  const [log] = await deliveriesOf(scene, delivered.messageSid, 'message_inbound');
  leftDelivery(scene, log, { status: 'processed', error: null });

  const confirmation = messages.find(({ purpose }) => purpose === 'consent_reply');
  const { status, author, text } = confirmation ?? {};
  const phone = await twilio.phone(customer.address);
  out.says('Frontdesk', phone.at(-1)?.body ?? '');
  out.left('message', { purpose: confirmation?.purpose, status, author: author?.type });
  out.expect('the confirmation', { status, author: author?.type }, { status: 'delivered', author: 'system' });
  out.expect('the newest message on the phone', phone.at(-1)?.body, text);
  out.expect('the number of messages on the phone', phone.length, before.length + 1);

  const { cannotReplyBecause, contact } = await conversationOf(scene);
  out.left('conversation', { cannotReplyBecause });
  out.expect('why no answer can be sent', cannotReplyBecause, 'opted_out');
  const [newest] = await frontdesk.list<TimelineItem>(`/contacts/${contact.id}/timeline?type=consent`);
  const { action, source } = newest?.detail ?? {};
  out.left('consent_event', { action, source });
  out.expect('the newest consent', [action, source], ['opt_out', 'keyword']);
};
