import { DEMO_NUMBER } from '../../whatsapp-cloud-simulator';
import { deliveriesOf, eventually, leftDelivery, type Step } from '../scene';
import { answer, leftThread, onThePhone, threadWith } from '../thread';
import type { Message } from '../frontdesk';

const TEXTS = ['Do you have time tomorrow?', 'In the morning, if possible.'];
const ANSWER = 'At nine. Shall I book it for you?';

/** A customer writes twice, Meta tells of both in one request; the answer leaves through Meta. */
export const cloudConversation: Step = async (scene) => {
  const { frontdesk, meta, out, cloudCustomer: customer, cloudConnectionId } = scene;
  out.step('A customer writes to the number at Meta, and the owner answers');
  for (const text of TEXTS) out.says(customer.name, text);
  const writing = { numberId: DEMO_NUMBER.id, from: customer.phone, profileName: customer.name };
  const { ids, attempts } = await meta.receive(TEXTS.map((text) => ({ ...writing, text })));
  out.tell(`Meta’s webhook, one request with both messages, was answered ${attempts[0] ?? 'not at all'}`);
  out.expect('the answers to Meta', attempts, [200]);
  for (const id of ids) {
    const [log] = await eventually(
      scene,
      () => deliveriesOf(scene, id, 'message_inbound'),
      (logs) => logs[0]?.status === 'processed',
    );
    leftDelivery(scene, log, { signatureVerified: true, status: 'processed', responseStatus: 200 });
  }

  const thread = await threadWith(scene, customer, cloudConnectionId);
  leftThread(scene, thread);
  const messages = await frontdesk.list<Message>(`/conversations/${thread.id}/messages`);
  out.expect(
    'what was stored',
    messages.map(({ text }) => text),
    [...TEXTS].reverse(),
  );

  const { providerMessageId } = await answer(scene, thread, ANSWER);
  const phone = await meta.phone(customer.phone);
  onThePhone(
    scene,
    phone.map(({ text }) => text),
    [ANSWER],
  );
  out.expect('its id at Meta', providerMessageId, phone[0]?.id);
  const reports = await eventually(
    scene,
    () => deliveriesOf(scene, providerMessageId ?? '', 'message_status'),
    (logs) => logs.length >= 2 && logs.every(({ status }) => status === 'processed'),
  );
  out.tell(`Meta reported ${reports.length} states`);
  out.expect('the number of reports', reports.length, 2);
};
