import type twilio from 'twilio';
import type { AskedCall } from '../../domain/call-carrier';
import { spokenStatus } from '../../domain/call-report';
import type { DeliveryPage, DeliveryQuery, ListedMessage } from '../../domain/delivery-list';
import type { ProviderAccount, WebhookEvent } from '../../domain/provider';
import { twilioCallEvent, twilioProgress } from './twilio-calls';
import { canBeStored, type TwilioFields } from './twilio-form';
import { TwilioRefusal } from './twilio-http';
import { nextOf, PAGE, placeOf } from './twilio-pages';

/** What of a listed call is read. */
interface TwilioCall {
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly direction: string;
  readonly status: string;
  /** In seconds; null of a call that is not over. */
  readonly duration: string | null;
  readonly dateCreated: Date;
  readonly startTime: Date | null;
  readonly endTime: Date | null;
}

/**
 * One page of the calls to or from a number that are over, newest first. A call that came in is a beginning and an end.
 * https://www.twilio.com/docs/voice/api/call-resource#retrieve-a-list-of-calls
 */
export async function listTwilioCallDeliveries(
  client: twilio.Twilio,
  { accountId }: ProviderAccount,
  { address, direction, since, page }: DeliveryQuery,
): Promise<DeliveryPage> {
  const found = await client.calls.page({
    ...(direction === 'inbound' ? { to: address } : { from: address }),
    startTimeAfter: since,
    pageSize: PAGE,
    ...placeOf(page),
  });
  const wanted = direction === 'inbound' ? 'inbound' : 'outbound-api';
  return {
    messages: found.instances
      .filter((call) => call.accountSid === accountId && call.direction === wanted)
      .filter(({ status }) => twilioProgress(status).end !== null)
      .flatMap((call) =>
        direction === 'inbound' ? [beginning(call), end(client, call)] : [end(client, call)],
      ),
    next: nextOf(found.nextPageUrl),
  };
}

/** https://www.twilio.com/docs/voice/api/call-resource#fetch-a-call-resource */
export async function endOfTwilioCall(client: twilio.Twilio, sid: string): Promise<AskedCall> {
  try {
    const call = await client.calls(sid).fetch();
    return twilioProgress(call.status).end === null ? 'under_way' : end(client, call);
  } catch (error) {
    if (error instanceof TwilioRefusal && error.status === 404) return 'unknown';
    throw error;
  }
}

function beginning(call: TwilioCall): ListedMessage {
  const fields = { ...commonFields(call), CallStatus: 'ringing' };
  return {
    providerMessageId: call.sid,
    status: null,
    at: call.startTime ?? call.dateCreated,
    eventId: beginningId(call),
    event: () => Promise.resolve(asEvent(fields)),
  };
}

function end(client: twilio.Twilio, call: TwilioCall): ListedMessage {
  const isInbound = call.direction === 'inbound';
  const fields: TwilioFields = {
    ...commonFields(call),
    CallStatus: call.status,
    ...(call.duration === null ? {} : { CallDuration: call.duration }),
    ...(call.endTime === null ? {} : { Timestamp: call.endTime.toUTCString().replace('GMT', '+0000') }),
  };
  return {
    providerMessageId: call.sid,
    status: isInbound ? null : spokenStatus(twilioProgress(call.status)),
    at: call.endTime ?? call.startTime ?? call.dateCreated,
    eventId: `call_status:${call.sid}:call:${call.status}::`,
    ...(isInbound ? { beginningId: beginningId(call) } : {}),
    async event() {
      const event = asEvent(fields);
      if (!event || !isInbound) return event;
      // The event's id is the one of the delivery, which does not tell what came of forwarding.
      return { ...event, payload: { ...fields, ...(await forwardOf(client, call)) } };
    },
  };
}

/** Whether staff took it: of that, a call's end tells nothing, and whoever spoke with somebody was not missed. */
async function forwardOf(client: twilio.Twilio, { sid, duration }: TwilioCall): Promise<TwilioFields> {
  if (Number(duration) === 0) return {};
  const legs = await client.calls.list({ parentCallSid: sid, limit: 20 });
  const taken = legs.find(({ status }) => status === 'completed');
  return taken ? { DialCallStatus: 'completed', DialCallDuration: taken.duration || '0' } : {};
}

const beginningId = ({ sid }: TwilioCall): string => `call:${sid}`;

const commonFields = ({ sid, accountSid, from, to, direction }: TwilioCall): TwilioFields => ({
  CallSid: sid,
  AccountSid: accountSid,
  Direction: direction,
  From: from ?? '',
  To: to ?? '',
});

/** As it is read where the address holds no step: what every number is set up to call. */
function asEvent(fields: TwilioFields): WebhookEvent | null {
  return Object.values(fields).every(canBeStored) ? (twilioCallEvent('', fields) ?? null) : null;
}
