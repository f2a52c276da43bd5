import type { Uuid } from '../../src/common/context';
import { SendTiming } from '../../src/modules/conversations/app/send-timing';
import type { Message, ReceiveInput, ReceiveResult, TwilioSimulator } from '../../tools/twilio-simulator';
import { aConnection, aTwilioNumber, atTwilio, type TestConnection, type TwilioNumber } from './connections';
import { anOrganization, as, type Caller, type TestOrganization } from './people';
import { confidentialPhone, confidentialText } from './run-record';
import { testApp, type TestApp, type TestAppOptions } from './test-app';
import { aTwilio } from './twilio';

/** The program and the Twilio that it speaks to. */
export interface TestInstallation {
  readonly app: TestApp;
  readonly twilio: TwilioSimulator;
  /** Waits until everything that was set off has happened: jobs, sends, callbacks, and the jobs of these. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

/** Nothing is put off: what is due later would not be waited for. */
const IMPATIENT = { retryMs: 0, blockMs: 0, busyMs: 0, idleMs: 0, lookMs: [0, 0] };

/** Starts a Twilio simulator, and the program against it. Sends are tried again and looked up at once, not in seconds. */
export async function anInstallation({ env, db, providers }: TestAppOptions = {}): Promise<TestInstallation> {
  const twilio = await aTwilio({ settings: { callbackDelayMs: 1 } });
  const app = await testApp({
    env: { ...env, TWILIO_API_BASE_URL: twilio.url },
    ...(db ? { db } : {}),
    ...(providers ? { providers } : {}),
  });
  Object.assign(app.nest.get(SendTiming, { strict: false }), IMPATIENT);
  return {
    app,
    twilio,
    async quiet() {
      for (let round = 0; round < 2; round++) {
        await app.settled();
        await twilio.idle();
      }
      await app.settled();
    },
    async stop() {
      await twilio.close();
      await app.stop();
    },
  };
}

/** An organization with a connected number. */
export interface TestBusiness extends TestOrganization {
  readonly owner: Caller;
  readonly connection: TestConnection;
}

/** Makes an organization that can be written to: on WhatsApp, unless another number is given. */
export async function aBusiness(
  { app, twilio }: TestInstallation,
  number: TwilioNumber = aTwilioNumber(twilio),
): Promise<TestBusiness> {
  const organization = await anOrganization(app);
  const connection = await aConnection(app, twilio, organization.ownerToken, number);
  return { ...organization, owner: as(app, organization.ownerToken), connection };
}

let people = 10_000;

/** A customer of a business, with a phone in hand. */
export interface TestCustomer {
  /** E.164. */
  readonly phone: string;
  /** Writes to the business; resolves when the delivery was answered, or given up. */
  writes(body: string, more?: Partial<ReceiveInput>): Promise<ReceiveResult>;
  /** What the business sent, oldest first. */
  got(): Message[];
  /** The texts of it. */
  read(): string[];
}

/** A customer whom nobody has heard of. */
export function aCustomer(
  { twilio }: TestInstallation,
  { connection }: Pick<TestBusiness, 'connection'>,
): TestCustomer {
  const phone = confidentialPhone(`+4915155${++people}`);
  const { channel, address } = connection.number;
  const [customer, business] = [atTwilio(channel, phone), atTwilio(channel, address)];
  const got = (): Message[] => twilio.messages({ to: customer, from: business }).reverse();
  return {
    phone,
    writes: (body, more = {}) =>
      twilio.receive({ from: customer, to: business, body: confidentialText(body), ...more }),
    got,
    read: () => got().map((message) => message.body),
  };
}

/** A conversation that a customer began. */
export interface TestConversation {
  readonly id: Uuid;
  readonly customer: TestCustomer;
  /** Answers through the API as the owner; returns the message's id. */
  reply(text: string): Promise<Uuid>;
  /** A message as the API shows it. */
  message(id: Uuid): Promise<Record<string, unknown>>;
}

/** Has a customer write, and finds the conversation that came of it. */
export async function aConversation(
  installation: TestInstallation,
  business: TestBusiness,
  customer = aCustomer(installation, business),
): Promise<TestConversation> {
  await customer.writes('Hello');
  await installation.quiet();
  const [row] = await installation.app.db.query<{ id: Uuid }>(
    'SELECT id FROM conversations WHERE org_id = $1 AND contact_address = $2',
    [business.orgId, customer.phone],
  );
  if (!row) throw new Error('nothing came of what the customer wrote');
  return {
    id: row.id,
    customer,
    async reply(text) {
      const { body } = await business.owner.post(`/conversations/${row.id}/messages`, { text }).expect(201);
      return (body as { id: Uuid }).id;
    },
    async message(id) {
      const { body } = await business.owner.get(`/messages/${id}`).expect(200);
      return body as Record<string, unknown>;
    },
  };
}
