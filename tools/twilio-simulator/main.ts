import {
  DEMO_ACCOUNT_SID,
  DEMO_AUTH_TOKEN,
  DEMO_NUMBER,
  DEMO_PHONE_NUMBER,
  startTwilioSimulator,
} from './index';
import { run } from './program';

run({
  name: 'Twilio simulator',
  prefix: 'TWILIO_SIMULATOR',
  defaultPort: 3001,
  start(at, read) {
    const authToken = read('AUTH_TOKEN') ?? DEMO_AUTH_TOKEN;
    const numbers = [
      { address: DEMO_NUMBER, webhookUrl: read('WEBHOOK_URL') ?? null },
      { address: DEMO_PHONE_NUMBER, webhookUrl: null },
    ];
    const account = { sid: DEMO_ACCOUNT_SID, authToken, friendlyName: 'Demo account', numbers };
    return startTwilioSimulator({ ...at, accounts: [account] });
  },
  describe(simulator) {
    const { authToken } = simulator.account(DEMO_ACCOUNT_SID);
    const token = authToken === DEMO_AUTH_TOKEN ? DEMO_AUTH_TOKEN : 'from the environment';
    return `account ${DEMO_ACCOUNT_SID}, auth token ${token}, number ${DEMO_NUMBER}`;
  },
});
