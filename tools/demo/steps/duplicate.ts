import { deliveriesOf, expectTakenIn, leftDelivery, messagesOf, type Step } from '../scene';

/** Twilio delivers the first message once more: answered like the first, without a second effect. */
export const duplicate: Step = async (scene) => {
  const { twilio, out, customer, businessAddress, first } = scene;
  out.step('Twilio delivers the customer’s message once more');
  const before = await messagesOf(scene);
  const delivered = await twilio.receive({
    from: customer.address,
    to: businessAddress,
    body: first.text,
    profileName: customer.name,
    messageSid: first.messageSid,
    idempotencyToken: first.token,
  });
  expectTakenIn(scene, delivered);
  const logs = await deliveriesOf(scene, first.messageSid, 'message_inbound');
  leftDelivery(scene, logs[0], { status: 'processed', error: 'duplicate' });
  out.expect('the number of logged deliveries', logs.length, 2);
  const after = await messagesOf(scene);
  out.tell(`the conversation still has ${after.length} messages`);
  out.expect(
    'the messages',
    after.map(({ id }) => id),
    before.map(({ id }) => id),
  );
};
