import type twilio from 'twilio';
import type { Channel } from '../../domain/channel';
import type { DeliveryPage, DeliveryQuery, ListedMessage } from '../../domain/delivery-list';
import { isProviderStatus, type ProviderAccount, type WebhookEvent } from '../../domain/provider';
import { twilioAddress } from './twilio-addresses';
import { twilioEvent } from './twilio-events';
import { canBeStored, type TwilioFields } from './twilio-form';
import { nextOf, PAGE, placeOf } from './twilio-pages';

/** What of a listed message is read. */
interface TwilioMessage {
  readonly sid: string;
  readonly accountSid: string;
  /** Null before a Messaging Service chose a sender. */
  readonly from: string | null;
  readonly to: string;
  readonly body: string | null;
  readonly direction: string;
  readonly status: string;
  readonly errorCode: number | null;
  readonly messagingServiceSid: string | null;
  readonly numMedia: string;
  readonly numSegments: string;
  readonly dateSent: Date | null;
  readonly dateCreated: Date;
}

/**
 * One page of the messages to or from a number, newest first; of a Messaging Service all of the account are looked through.
 * https://www.twilio.com/docs/messaging/api/message-resource#retrieve-a-list-of-messages
 */
export async function listTwilioDeliveries(
  client: twilio.Twilio,
  account: ProviderAccount,
  query: DeliveryQuery,
): Promise<DeliveryPage> {
  const { channel, address, direction, since, page } = query;
  const ours = twilioAddress(channel, address);
  const side = direction === 'inbound' ? { to: ours } : { from: ours };
  const found = await client.messages.page({
    ...(serviceOf(query) === null ? side : {}),
    dateSentAfter: since,
    pageSize: PAGE,
    ...placeOf(page),
  });
  return {
    messages: found.instances
      .filter((message) => isOf(message, account, query))
      .map((message) => listed(client, channel, message)),
    next: nextOf(found.nextPageUrl),
  };
}

function isOf(message: TwilioMessage, { accountId }: ProviderAccount, query: DeliveryQuery): boolean {
  const service = serviceOf(query);
  const isInbound = message.direction === 'inbound';
  const isOnWhatsApp = message.to.startsWith('whatsapp:');
  return (
    message.accountSid === accountId &&
    isInbound === (query.direction === 'inbound') &&
    isOnWhatsApp === (query.channel === 'whatsapp') &&
    (service === null || message.messagingServiceSid === service)
  );
}

function serviceOf({ channel, numberId }: DeliveryQuery): string | null {
  return channel === 'sms' ? numberId : null;
}

function listed(client: twilio.Twilio, channel: Channel, message: TwilioMessage): ListedMessage {
  const isInbound = message.direction === 'inbound';
  const status = isProviderStatus(message.status) ? message.status : 'queued';
  return {
    providerMessageId: message.sid,
    status: isInbound ? null : status,
    at: message.dateSent ?? message.dateCreated,
    eventId: isInbound ? `message:${message.sid}` : `status:${message.sid}:${message.status}`,
    event: async () =>
      asEvent(channel, isInbound ? await inboundFields(client, message) : statusFields(message)),
  };
}

function asEvent(channel: Channel, fields: TwilioFields): WebhookEvent | null {
  return Object.values(fields).every(canBeStored) ? (twilioEvent(channel, fields) ?? null) : null;
}

const commonFields = ({
  sid,
  accountSid,
  from,
  to,
  messagingServiceSid: service,
}: TwilioMessage): TwilioFields => ({
  MessageSid: sid,
  AccountSid: accountSid,
  ...(from === null ? {} : { From: from }),
  To: to,
  ...(service === null ? {} : { MessagingServiceSid: service }),
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
