import { Frontdesk } from './frontdesk';
import type { Scene, Step } from './scene';
import { connect } from './steps/connect';
import { duplicate } from './steps/duplicate';
import { forged } from './steps/forged';
import { inbound } from './steps/inbound';
import { later } from './steps/later';
import { refused } from './steps/refused';
import { reply } from './steps/reply';
import { signIn } from './steps/sign-in';
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
];

/** A German mobile number that no earlier run had: the time stands in it. */
function newPhone(): string {
  return `+49151${String(Date.now() % 100_000_000).padStart(8, '0')}`;
}

/** Plays the first conversation, step by step. True when each went as it should; a step builds upon those before. */
export async function play(
  { frontdeskUrl, simulatorUrl, email, password }: Surroundings,
  print: (line: string) => void,
  patienceMs = 15_000,
): Promise<boolean> {
  const out = new Transcript(print);
  const phone = newPhone();
  const scene: Scene = {
    frontdesk: new Frontdesk(frontdeskUrl),
    twilio: new Twilio(simulatorUrl),
    out,
    patienceMs,
    email,
    password,
    customer: { name: 'Ada Example', phone, address: `whatsapp:${phone}` },
    ownerId: '',
    businessAddress: '',
    conversationId: '',
    first: { messageSid: '', token: '', text: '' },
  };
  print(`Frontdesk at ${frontdeskUrl}, Twilio’s stand-in at ${simulatorUrl}`);
  for (const step of STEPS) await step(scene);
  return out.end();
}
