import type { Json } from './resources';
import { rfc2822 } from './resources';

/** State of a call, in Twilio's words. */
export type CallStatus =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'canceled';

/** What happens when a phone rings. */
export type Pickup = 'completed' | 'busy' | 'no-answer' | 'failed';

/** What people do in a call. */
export interface CallBehaviour {
  /** What comes of ringing: of a call that comes in, at the numbers that it is forwarded to. Default `no-answer`; of one that goes out `completed`. */
  pickup?: Pickup;
  /** Default 12. */
  talkSeconds?: number;
  /** What is said after the tone; null (the default): nothing, and the call is over. */
  voicemail?: Buffer | null;
  /** The key that is pressed when one is asked for. */
  key?: string;
  /** The caller hangs up when this verb would begin. */
  hangsUpAt?: 'Say' | 'Dial' | 'Record';
  /** Whether the end is told; default true. False: the number's status changes are not set up to come anywhere. */
  tellsEnd?: boolean;
  /** How often each callback is posted, all at the same time. Default 1. */
  copies?: number;
}

/** What the simulator remembers of a call. */
export interface PhoneCall {
  sid: string;
  accountSid: string;
  direction: 'inbound' | 'outbound-api' | 'outbound-dial';
  /** Of a leg that was dialed in a call: that call. */
  parentCallSid: string | null;
  from: string;
  to: string;
  status: CallStatus;
  /** What was said in it. */
  said: string[];
  /** Numbers that it was forwarded to. */
  dialed: string[];
  /** Documents that it was answered with. */
  twiml: string[];
  statusCallback: string | null;
  statusCallbackEvents: readonly string[];
  durationSeconds: number;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

/** A recording of a call. */
export interface Recording {
  sid: string;
  accountSid: string;
  callSid: string;
  content: Buffer;
  createdAt: Date;
}

/** A call as the REST API shows it. */
export function callResource(call: PhoneCall): Json {
  return {
    account_sid: call.accountSid,
    api_version: '2010-04-01',
    date_created: rfc2822(call.createdAt),
    date_updated: rfc2822(call.endedAt ?? call.createdAt),
    direction: call.direction,
    duration: call.endedAt ? String(call.durationSeconds) : null,
    end_time: rfc2822(call.endedAt),
    from: call.from,
    from_formatted: call.from,
    parent_call_sid: call.parentCallSid,
    price: null,
    price_unit: 'USD',
    sid: call.sid,
    start_time: rfc2822(call.startedAt),
    status: call.status === 'initiated' ? 'queued' : call.status,
    to: call.to,
    to_formatted: call.to,
    uri: `/2010-04-01/Accounts/${call.accountSid}/Calls/${call.sid}.json`,
  };
}
