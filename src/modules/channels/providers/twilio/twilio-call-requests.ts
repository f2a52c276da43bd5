import type twilio from 'twilio';
import type { CallScript } from '../../domain/call-script';
import { spokenStatus } from '../../domain/call-report';
import type { ProviderMessage, SendOutcome, SentMessage } from '../../domain/provider';
import { twilioProgress } from './twilio-calls';
import { outcomeOf } from './twilio-errors';
import { TwilioRefusal } from './twilio-http';
import { twilioTwiml } from './twilio-twiml';

const REPORTED = ['initiated', 'ringing', 'answered', 'completed'];
/** Whoever lets it ring so long is not there. */
const RING_SECONDS = 40;

/** Calls somebody and says a message. */
export async function createTwilioCall(
  client: twilio.Twilio,
  { from, to, statusCallback }: ProviderMessage,
  script: CallScript,
): Promise<SendOutcome> {
  try {
    const { sid } = await client.calls.create({
      from,
      to,
      twiml: twilioTwiml(script),
      timeout: RING_SECONDS,
      statusCallback,
      statusCallbackMethod: 'POST',
      statusCallbackEvent: REPORTED,
    });
    return sid ? { kind: 'accepted', providerMessageId: sid, status: 'queued' } : { kind: 'unknown' };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** True when Twilio has it no more. */
export async function deleteTwilioRecording(client: twilio.Twilio, id: string): Promise<boolean> {
  try {
    return await client.recordings(id).remove();
  } catch (error) {
    return error instanceof TwilioRefusal && error.status === 404;
  }
}

const LIST_LIMIT = 200;

/** Calls that were made to somebody, newest first; what they said is not told. */
export async function listTwilioCalls(
  client: twilio.Twilio,
  { from, to, earliest }: { readonly from: string; readonly to: string; readonly earliest: number },
): Promise<SentMessage[]> {
  const calls = await client.calls.list({ from, to, limit: LIST_LIMIT, pageSize: LIST_LIMIT });
  return calls
    .filter(({ direction, dateCreated }) => direction === 'outbound-api' && dateCreated.getTime() >= earliest)
    .map(({ sid, status, dateCreated }) => ({
      providerMessageId: sid,
      body: null,
      status: spokenStatus(twilioProgress(status)),
      refusal: null,
      sentAt: dateCreated,
    }));
}
