import type twilio from 'twilio';
import type { DeliveryPage, DeliveryQuery, ListedMessage } from '../../domain/delivery-list';
import { isProviderStatus, type ProviderAccount, type WebhookEvent } from '../../domain/provider';
import { twilioAddress } from './twilio-addresses';
import { twilioEvent } from './twilio-events';
import { canBeStored, type TwilioFields } from './twilio-form';

/** As many as one page of Twilio's list holds. */
const PAGE = 1_000;

/** What of a listed message is read. */
interface TwilioMessage {
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string | null;
  readonly direction: string;
  readonly status: string;
  readonly errorCode: number | null;
  readonly numMedia: string;
  readonly numSegments: string;
  readonly dateSent: Date | null;
  readonly dateCreated: Date;
}

/**
 * One page of the messages to or from a number, newest first.
 * https://www.twilio.com/docs/messaging/api/message-resource#retrieve-a-list-of-messages
 */
export async function listTwilioDeliveries(
  client: twilio.Twilio,
  account: ProviderAccount,
  { channel, address, direction, since, page }: DeliveryQuery,
): Promise<DeliveryPage> {
  const ours = twilioAddress(channel, address);
  const found = await client.messages.page({
    ...(direction === 'inbound' ? { to: ours } : { from: ours }),
    dateSentAfter: since,
    pageSize: PAGE,
    ...placeOf(page),
  });
  return {
    messages: found.instances
      .filter((message) => isOf(message, account, direction))
      .map((message) => listed(client, message)),
    next: nextOf(found.nextPageUrl),
  };
}

/** Of the page's address only the place is kept: whoever followed the address could be led to another host. */
function nextOf(url: string | undefined): string | null {
  if (!url) return null;
  const query = new URL(url).searchParams;
  const [number, token] = [query.get('Page'), query.get('PageToken')];
  return number && token ? `${number} ${token}` : null;
}

function placeOf(page: string | null): { pageNumber?: number; pageToken?: string } {
  const [number, token] = page?.split(' ') ?? [];
  return number && token ? { pageNumber: Number(number), pageToken: token } : {};
}

function isOf(message: TwilioMessage, { accountId }: ProviderAccount, direction: string): boolean {
  const isInbound = message.direction === 'inbound';
  return message.accountSid === accountId && isInbound === (direction === 'inbound');
}

function listed(client: twilio.Twilio, message: TwilioMessage): ListedMessage {
  const isInbound = message.direction === 'inbound';
  const status = isProviderStatus(message.status) ? message.status : 'queued';
  return {
    providerMessageId: message.sid,
    status: isInbound ? null : status,
    at: message.dateSent ?? message.dateCreated,
    eventId: isInbound ? `message:${message.sid}` : `status:${message.sid}:${message.status}`,
    event: async () => asEvent(isInbound ? await inboundFields(client, message) : statusFields(message)),
  };
}

function asEvent(fields: TwilioFields): WebhookEvent | null {
  return Object.values(fields).every(canBeStored) ? (twilioEvent(fields) ?? null) : null;
}

const commonFields = ({ sid, accountSid, from, to }: TwilioMessage): TwilioFields => ({
  MessageSid: sid,
  AccountSid: accountSid,
  From: from,
  To: to,
});

function statusFields(message: TwilioMessage): TwilioFields {
  const { errorCode, status } = message;
  return {
    ...commonFields(message),
    MessageStatus: status,
    ...(errorCode === null ? {} : { ErrorCode: String(errorCode) }),
  };
}

async function inboundFields(client: twilio.Twilio, message: TwilioMessage): Promise<TwilioFields> {
  const files = Number(message.numMedia) > 0 ? await client.messages(message.sid).media.list() : [];
  const media = files.flatMap(({ uri, contentType }, i) => [
    [`MediaUrl${i}`, client.api.baseUrl + uri.replace(/\.json$/, '')],
    [`MediaContentType${i}`, contentType],
  ]);
  return {
    ...commonFields(message),
    Body: message.body ?? '',
    NumMedia: String(files.length),
    NumSegments: message.numSegments,
    ...(Object.fromEntries(media) as TwilioFields),
  };
}
