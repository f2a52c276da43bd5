import { Agent, createServer } from 'node:http';
import twilio from 'twilio';

/**
 * What dispatch is measured against: Twilio's SDK in a bare loop, with so many sends in flight, over connections that are kept.
 * No database, no queue, no consent, no pace. `POST /` sends what `COUNT` says and answers when the last one was accepted.
 */
const env = (name: string): string => process.env[name] ?? '';
const numbers = env('NUMBERS').split(',');
const count = Number(env('COUNT'));

const httpClient = new twilio.RequestClient({ keepAlive: true });
// The SDK brings an agent for https alone.
httpClient.axios.defaults.httpAgent = new Agent({ keepAlive: true });
const client = twilio(env('ACCOUNT_SID'), env('AUTH_TOKEN'), { httpClient });
client.api.baseUrl = env('SIMULATOR_URL');

/** The message that the product sends, to somebody in the same place. */
function send(i: number): Promise<unknown> {
  return client.messages.create({
    from: `whatsapp:${numbers[i % numbers.length]}`,
    to: `whatsapp:${env('AREA')}${String(i).padStart(12 - env('AREA').length, '0')}`,
    body: 'Your appointment is on Friday at noon: number 1',
    statusCallback: `${env('CALLBACK')}?message=${String(i).padStart(36, '0')}`,
  });
}

async function sendAll(): Promise<void> {
  let next = 0;
  const line = async (): Promise<void> => {
    while (next < count) await send(++next);
  };
  await Promise.all(Array.from({ length: Number(env('IN_FLIGHT')) }, line));
}

const server = createServer((request, response) => {
  const work = request.method === 'POST' ? sendAll() : Promise.resolve();
  work.then(
    () => response.end('ready'),
    (error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    },
  );
});
server.listen(Number(env('PORT')), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
