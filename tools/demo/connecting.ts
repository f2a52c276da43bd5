import type { Connection } from './frontdesk';
import type { Scene } from './scene';

/** What a number is connected with; the secrets go with it and are never told again. */
export interface NumberToConnect {
  readonly provider: 'twilio' | 'whatsapp_cloud';
  readonly channel: 'whatsapp' | 'sms' | 'voice';
  readonly friendlyName: string;
  readonly [field: string]: string;
}

/** The connection of an earlier run, or a new one. `address` is the number without its channel. */
export async function connected(
  { frontdesk, out }: Scene,
  address: string,
  number: NumberToConnect,
): Promise<Connection> {
  const known = await frontdesk.list<Connection>('/channel-connections');
  const found = known.find((one) => one.address === address && one.channel === number.channel);
  if (found) {
    out.tell(`${address} is connected already, by an earlier run`);
    return found;
  }
  const { status, body } = await frontdesk.post<Connection>('/channel-connections', number);
  out.tell(`POST /channel-connections was answered ${[status, body.code].join(' ').trimEnd()}`);
  out.expect('the answer', status, 201);
  if (status !== 201) throw new Error('without a connection the conversation cannot begin');
  return body;
}

/** Prints a connection, and that it shows nothing of its secrets. */
export function leftConnection({ out }: Scene, connection: Connection): void {
  const { provider, channel, address, isActive, webhookUrl } = connection;
  out.left('connection', { provider, channel, address, isActive, webhookUrl });
  out.expect('whether it is active', isActive, true);
  const fields = Object.keys(connection).filter((name) => /token|secret|credentials$/i.test(name));
  out.expect('fields that show a credential', fields, []);
}
