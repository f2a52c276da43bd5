import { DEMO_ACCOUNT_SID, DEMO_NUMBER } from '../../twilio-simulator';
import { connected, leftConnection } from '../connecting';
import type { AuditLog } from '../frontdesk';
import type { Step } from '../scene';

/** The WhatsApp number is connected, and Twilio told where its webhooks go. */
export const connect: Step = async (scene) => {
  const { frontdesk, twilio, out } = scene;
  out.step('The owner connects the WhatsApp number');
  const { authToken } = await twilio.account(DEMO_ACCOUNT_SID);
  const address = DEMO_NUMBER.replace('whatsapp:', '');
  const connection = await connected(scene, address, {
    provider: 'twilio',
    channel: 'whatsapp',
    accountSid: DEMO_ACCOUNT_SID,
    authToken,
    address,
    friendlyName: 'Demo number',
  });
  scene.businessAddress = DEMO_NUMBER;
  const { id, webhookUrl } = connection;
  await twilio.configureNumber({ accountSid: DEMO_ACCOUNT_SID, address: DEMO_NUMBER, webhookUrl });
  leftConnection(scene, connection);

  const trail = await frontdesk.list<AuditLog>(`/audit-logs?tableName=channel_connections&recordId=${id}`);
  const made = trail.find(({ eventType }) => eventType === 'channel_connections.insert');
  out.left('audit_log', { eventType: made?.eventType, credentials: made?.newValues?.['credentials'] });
  out.expect('the credentials in the audit trail', made?.newValues?.['credentials'], '[hidden]');
};
