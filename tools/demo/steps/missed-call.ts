import { DEMO_ACCOUNT_SID, DEMO_PHONE_NUMBER } from '../../twilio-simulator';
import { connected, leftConnection } from '../connecting';
import type { PhoneCall } from '../frontdesk';
import { eventually, type Customer, type Scene, type Step } from '../scene';
import { arrived, onThePhone } from '../thread';

const GREETING = 'This is the Demo Clinic.';
const TEXT = 'Sorry that we missed your call. Write to us here.';

/** Calls come in on the number that SMS come in on, and who is missed is written back to by SMS. */
async function connectVoice(scene: Scene): Promise<void> {
  const { frontdesk, twilio, out, smsConnectionId } = scene;
  const { authToken } = await twilio.account(DEMO_ACCOUNT_SID);
  const address = DEMO_PHONE_NUMBER;
  const connection = await connected(scene, address, {
    provider: 'twilio',
    channel: 'voice',
    accountSid: DEMO_ACCOUNT_SID,
    authToken,
    address,
    friendlyName: 'Demo calls',
  });
  const { id, webhookUrl } = connection;
  await twilio.configureNumber({ accountSid: DEMO_ACCOUNT_SID, address, voiceUrl: webhookUrl });
  leftConnection(scene, connection);
  const { status } = await frontdesk.patch(`/channel-connections/${id}/voice`, {
    greeting: GREETING,
    missedCallText: { enabled: true, text: TEXT, connectionId: smsConnectionId },
  });
  out.tell('the number greets callers, and writes back to those whom nobody answered');
  out.expect('the answer to the change of its settings', status, 200);
}

/** Somebody calls, and nobody answers. Returns the call as the log of calls shows it, once it is known who is written back to. */
async function missed(scene: Scene, { name, phone }: Customer): Promise<PhoneCall | undefined> {
  const { frontdesk, twilio, out } = scene;
  out.tell(`${name} calls; nobody answers`);
  const { said } = await twilio.rings(phone, DEMO_PHONE_NUMBER);
  for (const text of said) out.says('The number', text);
  out.expect('what is said first', said[0], GREETING);
  const ofCaller = ({ from }: PhoneCall): boolean => from === phone;
  const calls = await eventually(
    scene,
    () => frontdesk.list<PhoneCall>('/calls?direction=incoming'),
    (all) => all.some((call) => ofCaller(call) && call.textBack !== null),
  );
  const call = calls.find(ofCaller);
  const { direction, status, from, textBack } = call ?? {};
  out.left('call', { direction, status, from, textBack: textBack?.refusal ?? 'written' });
  out.expect('the call', { direction, status }, { direction: 'incoming', status: 'missed' });
  return call;
}

/** A missed call is in the log of calls; who allows it is written to, who does not is not. */
export const missedCall: Step = async (scene) => {
  const { twilio, out, customer, smsCustomer } = scene;
  out.step('Two customers call, and nobody answers');
  await connectVoice(scene);

  const before = (await twilio.phone(smsCustomer.phone)).map(({ body }) => body);
  const allowed = await missed(scene, smsCustomer);
  out.expect('why nothing was written back', allowed?.textBack?.refusal, null);
  const messageId = allowed?.textBack?.messageId;
  if (messageId) {
    const { direction, status, author } = await arrived(scene, messageId);
    out.left('message', { direction, status, author: author.type });
    out.expect('the text back', { status, author: author.type }, { status: 'delivered', author: 'system' });
  }
  onThePhone(
    scene,
    (await twilio.phone(smsCustomer.phone)).map(({ body }) => body),
    [...before, TEXT],
  );

  const refused = await missed(scene, customer);
  out.expect('why nothing was written back', refused?.textBack?.refusal, 'contact_opted_out');
  onThePhone(
    scene,
    (await twilio.phone(customer.phone)).map(({ body }) => body),
    [],
  );
};
