import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Background } from '../twilio-simulator/background';
import { Faults } from '../twilio-simulator/faults';
import { requestUrl, type Handler } from '../twilio-simulator/http-io';
import type { Violation } from '../twilio-simulator/published-api';
import { Violations } from '../twilio-simulator/violations';
import { GraphApi } from './graph-api';
import { written, type InboundInput } from './inbound';
import { Lifecycle } from './lifecycle';
import type { Account, Message, MessageStatus, PhoneNumber, Template } from './model';
import { violationsOf } from './published-api';
import type { CreateHook } from './send-message';
import { DEFAULT_SETTINGS, mergeSettings, type Settings } from './settings';
import type { SignedRequest } from './signing';
import { Store, type AccountInput, type NumberInput, type TemplateInput } from './store';
import { changeBody, preferenceOf, statusOf, templateStatus, type Happening } from './webhook-bodies';
import { requestFor, signedFor, WebhookSender, type DeliveryResult } from './webhooks';

/** How to start a simulator. */
export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  settings?: Partial<Settings>;
  /** How many messages are remembered, newest first. Default 100,000. */
  maxMessages?: number;
}

/** Which sent messages to show; all filters are optional. */
export interface MessageFilter {
  /** E.164 or digits. */
  to?: string;
  numberId?: string;
  accountId?: string;
}

/** A state of a sent message to tell of. */
export interface StatusInput {
  id: string;
  status: MessageStatus;
  errorCode?: number;
}

/** A running simulator of Meta's WhatsApp Cloud API: what tests hold in hand, and what the control API calls. */
export class WhatsappCloudSimulator {
  readonly faults = new Faults();
  /** Of the form `http://127.0.0.1:3002`, without a slash at the end. */
  url = '';
  port = 0;
  readonly #store: Store;
  readonly #background = new Background();
  readonly #sender = new WebhookSender(this.#background);
  readonly #violations = new Violations(violationsOf);
  readonly #api: GraphApi;
  // Connections are kept longer than clients keep them, so that none is closed as it is being used.
  readonly #server = http.createServer({ keepAliveTimeout: 65_000 });
  #settings: Settings;
  #onCreate: CreateHook = () => undefined;

  constructor({ settings = {}, maxMessages = 100_000 }: SimulatorOptions = {}) {
    this.#settings = mergeSettings(DEFAULT_SETTINGS, settings);
    this.#store = new Store(maxMessages);
    const lifecycle = new Lifecycle(
      this.#store,
      this.faults,
      this.#sender,
      this.#background,
      () => this.#settings,
    );
    this.#api = new GraphApi(
      this.#store,
      this.faults,
      this.#background,
      lifecycle,
      this.#violations,
      (draft) => this.#onCreate(draft),
    );
  }

  /**
   * Opens the door: `/simulator/…` goes to `control`, all else is Meta's Graph API.
   * @throws the server's error, with code EADDRINUSE when the port is taken
   */
  async listen(port: number, host: string, control: Handler): Promise<void> {
    this.#server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      const url = requestUrl(request);
      const handler = url.pathname.startsWith('/simulator/') ? control : this.#api;
      void handler.handle(request, response, url);
    });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.port = (this.#server.address() as AddressInfo).port;
    this.url = `http://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  /** Adds a WABA (what isn't given is made up), or changes the given fields of a known one. */
  addAccount(input: AccountInput = {}): Account {
    return { ...this.#store.putAccount(input) };
  }

  /** @throws SimulatorInputError when there is no such account */
  account(id: string): Account {
    return { ...this.#store.account(id) };
  }

  accounts(): Account[] {
    return [...this.#store.accounts.values()].map((account) => ({ ...account }));
  }

  /** Adds a number, or changes the given fields of a known one. */
  addNumber(input: NumberInput): PhoneNumber {
    return { ...this.#store.putNumber(input) };
  }

  numbers(): PhoneNumber[] {
    return [...this.#store.numbers.values()].map((number) => ({ ...number }));
  }

  /** Adds a template (approved, where nothing else is said), or changes the given fields of a known one. */
  addTemplate(input: TemplateInput): Template {
    return { ...this.#store.putTemplate(input) };
  }

  templates(): Template[] {
    return [...this.#store.templates.values()].map((template) => ({ ...template }));
  }

  /** Takes a template away: its name is unknown from now on. */
  removeTemplate(id: string): boolean {
    return this.#store.templates.delete(id);
  }

  /** Forgets a file, as Meta does after a while. */
  removeMedia(id: string): boolean {
    return this.#store.media.remove(id);
  }

  /** What was sent, oldest first. */
  messages({ to, numberId, accountId }: MessageFilter = {}): Message[] {
    return [...this.#store.messages.values()]
      .filter((message) => to === undefined || message.to === to.replace(/^\+/, ''))
      .filter((message) => numberId === undefined || message.numberId === numberId)
      .filter((message) => accountId === undefined || message.accountId === accountId)
      .map((message) => ({ ...message }));
  }

  /** Whether the business marked a customer's message as read, and showed that it types. */
  read(messageId: string): { typing: boolean } | undefined {
    return this.#store.read.get(messageId);
  }

  /** Customers write, all in one request: also to several numbers and WABAs, as long as they have one app. */
  async receive(...inputs: InboundInput[]): Promise<DeliveryResult & { ids: string[] }> {
    for (const { numberId, from } of inputs) this.#store.noteInbound(numberId, from);
    const { ids, ...request } = this.signedInbound(...inputs);
    return { ids, ...(await this.deliver(request)) };
  }

  /** The request that `receive` would post, neither sent nor noted: to be tampered with, or replayed. */
  signedInbound(...inputs: InboundInput[]): SignedRequest & { ids: string[] } {
    const messages = inputs.map((input) => written(this.#store, input));
    return { ids: messages.map(({ message }) => String(message.id)), ...requestFor(this.#store, messages) };
  }

  /** Puts messages into states at once and tells of them, all in one request. */
  async reportStatuses(...inputs: StatusInput[]): Promise<DeliveryResult> {
    for (const { id, status, errorCode = null } of inputs)
      Object.assign(this.#store.message(id), { status, errorCode });
    return this.deliver(this.signedBatch([], inputs));
  }

  /** The request that tells of messages and of states together; nothing is sent, noted or changed. */
  signedBatch(messages: readonly InboundInput[], statuses: readonly StatusInput[]): SignedRequest {
    const states = statuses.map(({ id, status, errorCode = null }): Happening => {
      const message = this.#store.message(id);
      return { number: this.#store.number(message.numberId), status: statusOf(message, status, errorCode) };
    });
    return requestFor(this.#store, [...messages.map((input) => written(this.#store, input)), ...states]);
  }

  /** Posts a request as Meta does, until it is answered with 200 or the retries are used up. */
  deliver(request: SignedRequest): Promise<DeliveryResult> {
    return this.#sender.deliver(request, this.#settings);
  }

  /** Changes what Meta thinks of a template and tells it. */
  decideTemplate(id: string, status: Template['status'], reason = 'NONE'): Promise<DeliveryResult> {
    const template = this.#store.decide(id, status, reason);
    const value = templateStatus(template, reason);
    return this.deliver(this.signedChange(template.accountId, 'message_template_status_update', value));
  }

  /** The request that tells what a person chose about marketing messages of a number. */
  signedPreference(
    numberId: string,
    sender: Pick<InboundInput, 'from' | 'userId'>,
    value: string,
  ): SignedRequest {
    const number = this.#store.number(numberId);
    return this.signedChange(number.accountId, 'user_preferences', preferenceOf(number, sender, value));
  }

  /** The request that tells of anything that happened to an account. */
  signedChange(accountId: string, field: string, value: Record<string, unknown>): SignedRequest {
    return signedFor(this.#store.account(accountId), changeBody(accountId, field, value));
  }

  /** Meta's handshake when a callback is configured; true when the answer was the challenge. */
  async handshake(url: string, verifyToken: string): Promise<boolean> {
    const challenge = String(Math.floor(Math.random() * 1e9));
    const target = new URL(url);
    target.searchParams.set('hub.mode', 'subscribe');
    target.searchParams.set('hub.challenge', challenge);
    target.searchParams.set('hub.verify_token', verifyToken);
    const answer = await fetch(target, { redirect: 'manual' });
    return answer.status === 200 && (await answer.text()) === challenge;
  }

  /**
   * What is awaited before a message is recorded and its creation answered: whatever a test has happen meanwhile. One hook;
   * null takes it away.
   */
  onCreate(hook: CreateHook | null): void {
    this.#onCreate = hook ?? (() => undefined);
  }

  /** What was wrong with requests by Meta's published description: the first 1,000 things. */
  violations(): Violation[] {
    return this.#violations.list();
  }

  /** Forgets the violations of a test that meant them; answers how many there were. */
  clearViolations(): number {
    return this.#violations.clear();
  }

  get settings(): Readonly<Settings> {
    return this.#settings;
  }

  /**
   * Changes settings for what starts from now on.
   * @throws SimulatorInputError when a value is out of bounds
   */
  configure(change: Partial<Settings>): Readonly<Settings> {
    this.#settings = mergeSettings(this.#settings, change);
    return this.#settings;
  }

  /** What it holds; `pending` counts deliveries and message courses that aren't finished. */
  get counts(): { accounts: number; numbers: number; messages: number; pending: number } {
    const { accounts, numbers, messages } = this.#store;
    return {
      ...{ accounts: accounts.size, numbers: numbers.size, messages: messages.size },
      pending: this.#background.pending,
    };
  }

  /** Resolves when every delivery is over and every message has come to its end. */
  idle(): Promise<void> {
    return this.#background.idle();
  }

  /** Stops listening, drops connections and ends what is pending. Safe to call twice. */
  async close(): Promise<void> {
    this.#background.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    await this.#background.idle();
  }
}
