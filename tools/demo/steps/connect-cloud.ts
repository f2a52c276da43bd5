import { DEMO_ACCOUNT, DEMO_NUMBER } from '../../whatsapp-cloud-simulator';
import { connected, leftConnection } from '../connecting';
import type { WebhookSetup } from '../frontdesk';
import type { Step } from '../scene';

/** A second WhatsApp number, at Meta itself; Meta shakes hands with the address before it posts there. */
export const connectCloud: Step = async (scene) => {
  const { frontdesk, meta, out } = scene;
  out.step('The owner connects a WhatsApp number at Meta’s Cloud API');
  const { id: businessAccountId, appId, appSecret, accessToken } = await meta.account(DEMO_ACCOUNT.id);
  const connection = await connected(scene, DEMO_NUMBER.address, {
    provider: 'whatsapp_cloud',
    channel: 'whatsapp',
    businessAccountId,
    phoneNumberId: DEMO_NUMBER.id,
    appId,
    appSecret,
    accessToken,
    friendlyName: 'Demo number at Meta',
  });
  scene.cloudConnectionId = connection.id;
  leftConnection(scene, connection);

  const setup = await frontdesk.read<WebhookSetup>(`/channel-connections/${connection.id}/webhook-setup`);
  const { sharedWebhookUrl, verifyToken } = setup;
  const forged = await meta.configureWebhook(businessAccountId, sharedWebhookUrl, 'a-guess');
  out.tell(`Meta’s handshake with a guessed verify token was ${forged ? 'answered' : 'refused'}`);
  out.expect('whether a guess opens', forged, false);
  const accepted = await meta.configureWebhook(businessAccountId, sharedWebhookUrl, verifyToken);
  out.tell(`the one with that of the connection was ${accepted ? 'answered' : 'refused'}`);
  out.expect('whether the handshake was answered', accepted, true);
};
