import { DEMO_ACCOUNT_SID, DEMO_PHONE_NUMBER } from '../../twilio-simulator';
import { connected, leftConnection } from '../connecting';
import { deliveriesOf, eventually, expectTakenIn, leftDelivery, type Step } from '../scene';
import { answer, leftThread, onThePhone, threadWith } from '../thread';

const TEXT = 'Can I move my appointment?';
const ANSWER = 'Of course. When would you like to come?';

/** A number for SMS is connected; a customer writes there, and is answered. */
export const sms: Step = async (scene) => {
  const { twilio, out, smsCustomer: customer } = scene;
  out.step('The owner connects a number for SMS, and a customer writes there');
  const { authToken } = await twilio.account(DEMO_ACCOUNT_SID);
  const address = DEMO_PHONE_NUMBER;
  const connection = await connected(scene, address, {
    provider: 'twilio',
    channel: 'sms',
    accountSid: DEMO_ACCOUNT_SID,
    authToken,
    address,
    friendlyName: 'Demo SMS',
  });
  const { id, webhookUrl } = connection;
  scene.smsConnectionId = id;
  await twilio.configureNumber({ accountSid: DEMO_ACCOUNT_SID, address, webhookUrl });
  leftConnection(scene, connection);

  out.says(customer.name, TEXT);
  const delivered = await twilio.receive({ from: customer.phone, to: address, body: TEXT });
  expectTakenIn(scene, delivered);
  const [log] = await eventually(
    scene,
    () => deliveriesOf(scene, delivered.messageSid, 'message_inbound'),
    (logs) => logs[0]?.status === 'processed',
  );
  leftDelivery(scene, log, { signatureVerified: true, status: 'processed' });
  const thread = await threadWith(scene, customer, id);
  leftThread(scene, thread);
  out.expect('the session window, which SMS have none of', thread.sessionWindowEndsAt, null);

  const message = await answer(scene, thread, ANSWER);
  out.expect('what it is paid as', message.segments, 1);
  const phone = await twilio.phone(customer.phone);
  onThePhone(
    scene,
    phone.map(({ body }) => body),
    [ANSWER],
  );
};
