import { Frontdesk } from './frontdesk';
import { Meta } from './meta';
import type { Scene, Step } from './scene';
import { cloudConversation } from './steps/cloud-conversation';
import { connect } from './steps/connect';
import { connectCloud } from './steps/connect-cloud';
import { duplicate } from './steps/duplicate';
import { forged } from './steps/forged';
import { inbound } from './steps/inbound';
import { later } from './steps/later';
import { missedCall } from './steps/missed-call';
import { refused } from './steps/refused';
import { reply } from './steps/reply';
import { signIn } from './steps/sign-in';
import { sms } from './steps/sms';
import { stop } from './steps/stop';
import { sendTemplate } from './steps/template';
import type { Surroundings } from './surroundings';
import { Transcript } from './transcript';
import { Twilio } from './twilio';

const STEPS: readonly Step[] = [
  signIn,
  connect,
  inbound,
  reply,
  duplicate,
  forged,
  sendTemplate,
  later,
  stop,
  refused,
  connectCloud,
  cloudConversation,
  sms,
  missedCall,
];

/** The ends of German mobile numbers that no earlier run had: the time stands in them. */
function newDigits(): string {
  return String(Date.now() % 100_000_000).padStart(8, '0');
}

/**
 * Plays conversations by both providers, by SMS and a missed call, step by step. True when each went as it should; a step builds
 * upon those before.
 */
export async function play(
  { frontdeskUrl, simulatorUrl, cloudSimulatorUrl, email, password }: Surroundings,
  print: (line: string) => void,
  patienceMs = 15_000,
): Promise<boolean> {
  const out = new Transcript(print);
  const digits = newDigits();
  const phone = `+49151${digits}`;
  const scene: Scene = {
    frontdesk: new Frontdesk(frontdeskUrl),
    twilio: new Twilio(simulatorUrl),
    meta: new Meta(cloudSimulatorUrl),
    out,
    patienceMs,
    email,
    password,
    customer: { name: 'Ada Example', phone, address: `whatsapp:${phone}` },
    cloudCustomer: { name: 'Cleo Example', phone: `+49152${digits}` },
    smsCustomer: { name: 'Ben Example', phone: `+49157${digits}` },
    ownerId: '',
    businessAddress: '',
    conversationId: '',
    cloudConnectionId: '',
    smsConnectionId: '',
    first: { messageSid: '', token: '', text: '' },
  };
  print(`Frontdesk at ${frontdeskUrl}, Twilio’s stand-in at ${simulatorUrl}, Meta’s at ${cloudSimulatorUrl}`);
  for (const step of STEPS) await step(scene);
  return out.end();
}
