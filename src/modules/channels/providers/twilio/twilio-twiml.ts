import twilio from 'twilio';
import type { CallScript, SpokenWords } from '../../domain/call-script';

type VoiceResponse = InstanceType<typeof twilio.twiml.VoiceResponse>;
type SayAttributes = Parameters<VoiceResponse['say']>[0];

/** Twilio asks whoever does not press a key for no longer. */
const KEY_TIMEOUT_SECONDS = 4;

/** A script in Twilio's language. The SDK writes the XML, so that no text of anybody's becomes a part of it. */
export function twilioTwiml(script: CallScript): string {
  const response = new twilio.twiml.VoiceResponse();
  for (const step of script) {
    switch (step.kind) {
      case 'say':
        response.say(attributes(step), readable(step.text));
        break;
      case 'forward': {
        const { timeoutSeconds: timeout, doneUrl: action } = step;
        const dial = response.dial({ action, method: 'POST', timeout, answerOnBridge: true });
        for (const number of step.to) dial.number(number);
        break;
      }
      case 'record':
        response.record({
          action: step.doneUrl,
          method: 'POST',
          maxLength: step.maxSeconds,
          playBeep: true,
          finishOnKey: '#',
          recordingStatusCallback: step.readyUrl,
          recordingStatusCallbackMethod: 'POST',
          recordingStatusCallbackEvent: ['completed'],
        });
        break;
      case 'ask_key': {
        const { url: action } = step;
        const gather = response.gather({
          action,
          method: 'POST',
          numDigits: 1,
          timeout: KEY_TIMEOUT_SECONDS,
        });
        for (const words of step.words) gather.say(attributes(words), readable(words.text));
        break;
      }
      case 'hang_up':
        response.hangup();
        break;
      case 'reject':
        response.reject();
        break;
    }
  }
  return response.toString();
}

function attributes({ language, voice }: SpokenWords): SayAttributes {
  return { language, ...(voice === null ? {} : { voice }) } as SayAttributes;
}

/** XML 1.0 has no way to write these. */
function readable(text: string): string {
  // eslint-disable-next-line no-control-regex -- which ones is the point
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, ' ');
}
