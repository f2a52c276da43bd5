import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Background } from '../twilio-simulator/background';
import { SimulatorInputError } from '../twilio-simulator/errors';
import { Faults, type FaultTarget } from '../twilio-simulator/faults';
import { requestUrl } from '../twilio-simulator/http-io';
import type { RetryPolicy } from '../twilio-simulator/settings';
import { GraphApi } from './graph-api';
import type { Account, Message, MessageStatus, PhoneNumber, Template } from './model';
import { signedRequest, type SignedRequest } from './signing';
import { newWamid, Store, type AccountInput, type NumberInput, type TemplateInput } from './store';
import { inboundMessage, statusOf, templateStatusBody, webhookBody, type Happening } from './webhook-bodies';
import { deliver, type DeliveryResult } from './webhooks';

/** What a customer writes to a number. */
export interface InboundInput {
  numberId: string;
  /** E.164. */
  from: string;
  /** Default: a new one. Giving a used one delivers that message again. */
  id?: string;
  profileName?: string;
  /** A text, unless `content` says more. */
  text?: string;
  /** `type` and what belongs to it, as Meta writes them. */
  content?: Record<string, unknown>;
}

/** Behaviour that holds for all accounts. */
export interface Settings extends RetryPolicy {
  /** Milliseconds between two states of a message. */
  statusDelayMs: number;
  statusSteps: MessageStatus[];
  /** Whether free text to a customer who hasn't written within 24 hours fails with 131047. */
  window: boolean;
}

const DEFAULTS: Settings = {
  ...{ retries: 3, retryDelayMs: 20, timeoutMs: 15_000, statusDelayMs: 20, window: false },
  statusSteps: ['sent', 'delivered'],
};

/** A running simulator of Meta's WhatsApp Cloud API. */
export class WhatsappCloudSimulator {
  readonly faults = new Faults();
  /** Of the form `http://127.0.0.1:3002`, without a slash at the end. */
  url = '';
  settings: Settings;
  readonly #store = new Store(100_000);
  readonly #background = new Background();
  readonly #server = http.createServer({ keepAliveTimeout: 65_000 });

  constructor(settings: Partial<Settings> = {}) {
    this.settings = { ...DEFAULTS, ...settings };
    const api = new GraphApi(this.#store, this.faults, this.#background, (message, target) =>
      this.#goesOn(message, target),
    );
    this.#server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      void api.handle(request, response, requestUrl(request));
    });
  }

  async listen(port = 0, host = '127.0.0.1'): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    this.url = `http://${host}:${(this.#server.address() as AddressInfo).port}`;
  }

  addAccount(input: AccountInput = {}): Account {
    return { ...this.#store.putAccount(input) };
  }

  addNumber(input: NumberInput): PhoneNumber {
    return { ...this.#store.putNumber(input) };
  }

  addTemplate(input: TemplateInput): Template {
    return { ...this.#store.putTemplate(input) };
  }

  /** What was sent, oldest first. */
  messages(filter: { to?: string; numberId?: string } = {}): Message[] {
    return [...this.#store.messages.values()]
      .filter(({ to }) => filter.to === undefined || to === filter.to.replace(/^\+/, ''))
      .filter(({ numberId }) => filter.numberId === undefined || numberId === filter.numberId)
      .map((message) => ({ ...message }));
  }

  /** Customers write, all in one request: also to several WABAs, as long as they have one app. */
  async receive(...inputs: InboundInput[]): Promise<DeliveryResult & { ids: string[] }> {
    for (const { numberId, from } of inputs) this.#store.noteInbound(numberId, from);
    const { ids, ...request } = this.signedInbound(...inputs);
    const result = await this.#background.track(() => deliver(request, this.settings, this.#background));
    return { ids, ...result };
  }

  /** The request that `receive` would post, neither sent nor noted: to be tampered with, or replayed. */
  signedInbound(...inputs: InboundInput[]): SignedRequest & { ids: string[] } {
    const happenings = inputs.map((input): Happening => {
      const { id = newWamid(), from, text = 'Hi', profileName } = input;
      const content = input.content ?? { type: 'text', text: { body: text } };
      return {
        number: this.#number(input.numberId),
        message: inboundMessage(id, from, content),
        ...(profileName === undefined ? {} : { profileName }),
      };
    });
    const ids = happenings.map(({ message }) => String(message?.id));
    return { ids, ...this.#signed(happenings) };
  }

  /** Puts a message into a state at once and tells it. */
  async reportStatus(id: string, status: MessageStatus, errorCode?: number): Promise<DeliveryResult> {
    const message = this.#store.messages.get(id);
    if (!message) throw new SimulatorInputError(`no such message: ${id}`);
    message.status = status;
    message.errorCode = errorCode ?? null;
    return this.#tell([message], status);
  }

  /** Changes what Meta thinks of a template and tells it. */
  async decideTemplate(id: string, status: Template['status'], reason?: string): Promise<DeliveryResult> {
    const known = this.#store.templates.get(id);
    if (!known) throw new SimulatorInputError(`no such template: ${id}`);
    const template = this.#store.putTemplate({ ...known, status });
    const { appSecret, webhookUrl } = this.#store.account(template.accountId);
    if (webhookUrl === null) throw new SimulatorInputError('the account has no webhookUrl');
    const body = templateStatusBody(template.accountId, template, reason);
    return this.#background.track(() =>
      deliver(signedRequest(appSecret, webhookUrl, body), this.settings, this.#background),
    );
  }

  /** Meta's handshake when a callback is configured; true when the answer was the challenge. */
  async handshake(url: string, verifyToken: string): Promise<boolean> {
    const challenge = String(Math.floor(Math.random() * 1e9));
    const target = new URL(url);
    target.searchParams.set('hub.mode', 'subscribe');
    target.searchParams.set('hub.challenge', challenge);
    target.searchParams.set('hub.verify_token', verifyToken);
    const answer = await fetch(target);
    return answer.status === 200 && (await answer.text()) === challenge;
  }

  /** Resolves when every delivery is over and every message has come to its end. */
  idle(): Promise<void> {
    return this.#background.idle();
  }

  async close(): Promise<void> {
    this.#background.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    await this.#background.idle();
  }

  #number(id: string): PhoneNumber {
    const number = this.#store.numbers.get(id);
    if (!number) throw new SimulatorInputError(`no such number: ${id}`);
    return number;
  }

  #signed(happenings: readonly Happening[]): SignedRequest {
    const accounts = happenings.map(({ number }) => this.#store.account(number.accountId));
    const [first] = accounts;
    if (!first || accounts.some(({ appId }) => appId !== first.appId)) {
      throw new SimulatorInputError('one request tells of the WABAs of one app');
    }
    if (first.webhookUrl === null) throw new SimulatorInputError('the account has no webhookUrl');
    return signedRequest(first.appSecret, first.webhookUrl, webhookBody(happenings));
  }

  #tell(messages: readonly Message[], status: MessageStatus): Promise<DeliveryResult> {
    const happenings = messages.map((message) => ({
      number: this.#number(message.numberId),
      status: statusOf(message, status),
    }));
    const request = this.#signed(happenings);
    return this.#background.track(() => deliver(request, this.settings, this.#background));
  }

  /** What becomes of a message that was accepted; nobody waits for it. */
  #goesOn(message: Message, target: FaultTarget): void {
    const failure = this.faults.take('failDelivery', target);
    const silent = this.faults.take('disableCallbacks', target) !== undefined;
    const copies = this.faults.take('duplicateCallbacks', target);
    const shuffle = this.faults.take('shuffleCallbacks', target) !== undefined;
    const late =
      this.settings.window &&
      message.type !== 'template' &&
      !this.#store.withinWindow(message.numberId, message.to);
    const errorCode = failure?.errorCode ?? (late ? 131047 : null);
    const states: MessageStatus[] = errorCode === null ? [...this.settings.statusSteps] : ['failed'];
    if (shuffle) states.reverse();
    this.#background.start(async () => {
      for (const status of states) {
        await this.#background.sleep(this.settings.statusDelayMs);
        message.status = status;
        message.errorCode = errorCode;
        if (silent || this.#store.account(message.accountId).webhookUrl === null) continue;
        const times = copies ? 1 + (copies.copies ?? 1) : 1;
        for (let copy = 0; copy < times; copy++) await this.#tell([message], status);
      }
    });
  }
}

/** Starts a simulator and resolves once it listens. */
export async function startWhatsappCloudSimulator(
  settings: Partial<Settings> = {},
): Promise<WhatsappCloudSimulator> {
  const simulator = new WhatsappCloudSimulator(settings);
  await simulator.listen();
  return simulator;
}
