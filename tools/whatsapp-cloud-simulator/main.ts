import { run } from '../twilio-simulator/program';
import { DEMO_ACCOUNT, DEMO_NUMBER, startWhatsappCloudSimulator } from './index';

run({
  name: 'WhatsApp Cloud API simulator',
  prefix: 'WHATSAPP_CLOUD_SIMULATOR',
  defaultPort: 3002,
  async start(at, read) {
    const simulator = await startWhatsappCloudSimulator(at);
    simulator.addAccount({
      ...DEMO_ACCOUNT,
      appSecret: read('APP_SECRET') ?? DEMO_ACCOUNT.appSecret,
      accessToken: read('ACCESS_TOKEN') ?? DEMO_ACCOUNT.accessToken,
      webhookUrl: read('WEBHOOK_URL') ?? null,
    });
    simulator.addNumber(DEMO_NUMBER);
    return simulator;
  },
  describe() {
    const { id, appId } = DEMO_ACCOUNT;
    return `app ${appId}, account ${id}, number ${DEMO_NUMBER.id} (${DEMO_NUMBER.address})`;
  },
});
