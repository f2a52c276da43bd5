import { deliveriesOf, leftDelivery, messagesOf, type Step } from '../scene';

const SIGNED = 'I will pay 10 euros';
const FORGED = 'I will pay 1000 euros';

/** Someone changes the text of a signed webhook on its way. */
export const forged: Step = async (scene) => {
  const { twilio, out, customer, businessAddress } = scene;
  out.step('Someone forges a message: another text under a real signature');
  out.says('Forger, as the customer', FORGED);
  const before = await messagesOf(scene);
  const { messageSid, ...request } = await twilio.signed({
    from: customer.address,
    to: businessAddress,
    body: SIGNED,
  });
  const form = new URLSearchParams(request.body);
  form.set('Body', FORGED);
  const { status, body } = await twilio.forge(request, form.toString());
  out.tell(`the forger was answered ${status} ${body.code ?? ''}`);
  out.expect('the answer', [status, body.code], [403, 'webhook_signature_invalid']);
  const [log] = await deliveriesOf(scene, messageSid, 'message_inbound');
  leftDelivery(scene, log, { signatureVerified: false, status: 'failed', responseStatus: 403 });
  const after = await messagesOf(scene);
  out.tell(`the conversation still has ${after.length} messages`);
  out.expect(
    'the messages',
    after.map(({ id }) => id),
    before.map(({ id }) => id),
  );
};
