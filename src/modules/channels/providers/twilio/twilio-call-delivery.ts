import type { WebhookReading, WebhookRequest } from '../../domain/provider';
import { twilioCallEvent } from './twilio-calls';
import { isSignedForm } from './twilio-delivery';
import { readBody } from './twilio-form';
import { VOICE_FIELDS } from './twilio-voice-fields';

/** Reads one of Twilio's webhooks of calls, which are forms; nothing is believed yet. */
export function readTwilioCall(request: WebhookRequest): WebhookReading {
  const body = readBody(request);
  if (body === 'unsupported' || (body !== 'malformed' && body.kind === 'json'))
    return { kind: 'unsupported' };
  if (body === 'malformed') return { kind: 'malformed' };
  const { fields } = body;
  const event = VOICE_FIELDS.areWellFormed(fields) ? twilioCallEvent(request.url, fields) : undefined;
  if (!event) return { kind: 'malformed' };
  return {
    kind: 'delivery',
    delivery: {
      events: [event],
      isSignedWith: (account) => isSignedForm(request, fields, account),
      isUnambiguous: () => VOICE_FIELDS.areOneReading(fields),
    },
  };
}
