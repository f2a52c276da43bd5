import { join } from 'node:path';
import { OperatorError } from '../embedded';
import { given, homeFolder } from '../start/environment';
import { readPrivateFile } from '../start/home';
import { runningLauncher } from '../start/lock';

/** What the demo plays against. */
export interface Surroundings {
  /** The running server, without a trailing slash. */
  readonly frontdeskUrl: string;
  /** The Twilio simulator that this server sends to. */
  readonly simulatorUrl: string;
  /** The simulator of Meta's WhatsApp Cloud API that it sends to. */
  readonly cloudSimulatorUrl: string;
  readonly email: string;
  readonly password: string;
}

function signInOf(env: NodeJS.ProcessEnv): { email: string; password: string } {
  const email = given(env, 'FRONTDESK_EMAIL');
  const password = given(env, 'FRONTDESK_PASSWORD');
  if (email !== undefined && password !== undefined) return { email, password };
  const file = join(homeFolder(env), 'demo.json');
  const kept = readPrivateFile(file);
  if (!kept?.email || !kept.password)
    throw new OperatorError(
      `${file} holds no sign-in: run npm start first, or set FRONTDESK_EMAIL and FRONTDESK_PASSWORD.`,
    );
  return { email: email ?? kept.email, password: password ?? kept.password };
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/**
 * Finds the server that `npm start` runs from this folder, and how to sign in. FRONTDESK_URL, FRONTDESK_EMAIL,
 * FRONTDESK_PASSWORD, TWILIO_SIMULATOR_URL and WHATSAPP_CLOUD_SIMULATOR_URL say otherwise. Throws an OperatorError when
 * something is not to be found.
 */
export function findSurroundings(env: NodeJS.ProcessEnv): Surroundings {
  const running = runningLauncher(homeFolder(env));
  const frontdeskUrl = given(env, 'FRONTDESK_URL') ?? running?.url;
  if (frontdeskUrl === undefined)
    throw new OperatorError('Frontdesk is not running here: run npm start first, or set FRONTDESK_URL.');
  const simulatorUrl = given(env, 'TWILIO_SIMULATOR_URL') ?? running?.simulatorUrl;
  if (simulatorUrl === undefined)
    throw new OperatorError(
      'The running server sends to no Twilio simulator that is known here: set TWILIO_SIMULATOR_URL.',
    );
  const cloudSimulatorUrl = given(env, 'WHATSAPP_CLOUD_SIMULATOR_URL') ?? running?.cloudSimulatorUrl;
  if (cloudSimulatorUrl === undefined)
    throw new OperatorError(
      'The running server sends to no simulator of Meta that is known here: set WHATSAPP_CLOUD_SIMULATOR_URL.',
    );
  return {
    frontdeskUrl: withoutSlash(frontdeskUrl),
    simulatorUrl: withoutSlash(simulatorUrl),
    cloudSimulatorUrl: withoutSlash(cloudSimulatorUrl),
    ...signInOf(env),
  };
}
