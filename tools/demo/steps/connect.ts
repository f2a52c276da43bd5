import { DEMO_ACCOUNT_SID, DEMO_NUMBER } from '../../twilio-simulator';
import type { AuditLog, Connection } from '../frontdesk';
import type { Scene, Step } from '../scene';

/** The connection of an earlier run, or a new one. */
async function connection(
  { frontdesk, twilio, out }: Scene,
  address: string,
): Promise<Connection | undefined> {
  const known = await frontdesk.list<Connection>('/channel-connections');
  const found = known.find((one) => one.address === address);
  if (found) {
    out.tell(`${address} is connected already, by an earlier run`);
    return found;
  }
  const { authToken } = await twilio.account(DEMO_ACCOUNT_SID);
  const { status, body } = await frontdesk.post<Connection>('/channel-connections', {
    provider: 'twilio',
    channel: 'whatsapp',
    accountSid: DEMO_ACCOUNT_SID,
    authToken,
    address,
    friendlyName: 'Demo number',
  });
  out.tell(`POST /channel-connections was answered ${[status, body.code].join(' ').trimEnd()}`);
  out.expect('the answer', status, 201);
  return status === 201 ? body : undefined;
}

/** The WhatsApp number is connected, and Twilio told where its webhooks go. */
export const connect: Step = async (scene) => {
  const { frontdesk, twilio, out } = scene;
  out.step('The owner connects the WhatsApp number');
  const connected = await connection(scene, DEMO_NUMBER.replace('whatsapp:', ''));
  if (!connected) throw new Error('without a connection the conversation cannot begin');
  scene.businessAddress = DEMO_NUMBER;
  const { id, address, webhookUrl, isActive } = connected;
  await twilio.configureNumber({ accountSid: DEMO_ACCOUNT_SID, address: DEMO_NUMBER, webhookUrl });
  out.left('connection', { address, isActive, webhookUrl });
  out.expect('whether it is active', isActive, true);
  const fields = Object.keys(connected).filter((name) => /token|credential|secret/i.test(name));
  out.expect('fields that show a credential', fields, []);

  const trail = await frontdesk.list<AuditLog>(`/audit-logs?tableName=channel_connections&recordId=${id}`);
  const made = trail.find(({ eventType }) => eventType === 'channel_connections.insert');
  out.left('audit_log', { eventType: made?.eventType, credentials: made?.newValues?.['credentials'] });
  out.expect('the credentials in the audit trail', made?.newValues?.['credentials'], '[hidden]');
};
