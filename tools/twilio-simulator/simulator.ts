import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { isHttpUrl, isValidAddress } from './addresses';
import { Background } from './background';
import { Calls, type CallInput, type WithheldCall } from './calls';
import type { CallBehaviour, PhoneCall, Recording } from './phone-call';
import type { ContentInput, Contents } from './contents';
import { SimulatorInputError } from './errors';
import { Faults } from './faults';
import { requestUrl, type Handler } from './http-io';
import { newAuthToken, newSid } from './ids';
import { inboundPost, inboundRecord } from './inbound';
import { optOutAnswer } from './opt-out-answer';
import type { InboundInput, InboundPost } from './inbound';
import { Lifecycle } from './lifecycle';
import type { Account, Content, Message, MessageStatus, PhoneNumber } from './model';
import { MediaShelf, type InboundMedia } from './media';
import { violationsOf, type Violation } from './published-api';
import { RestApi, type CreateHook } from './rest-api';
import { DEFAULT_SETTINGS, mergeSettings } from './settings';
import type { RetryPolicy, Settings } from './settings';
import { signedRequest } from './signing';
import type { SignedRequest } from './signing';
import { Store } from './store';
import type { AccountInput, NumberInput } from './store';
import { Violations } from './violations';
import { WebhookSender } from './webhooks';
import type { DeliveryResult } from './webhooks';

/** How to start a simulator. */
export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Accounts to begin with, each with its numbers. */
  accounts?: (AccountInput & { numbers?: Omit<NumberInput, 'accountSid'>[] })[];
  settings?: Partial<Settings>;
  /** How many messages are remembered, newest first. Default 100,000. */
  maxMessages?: number;
  /** See {@link TwilioSimulator.onCreate}. */
  onCreate?: CreateHook;
}

/** An inbound message to deliver, with a retry policy of its own where the settings' doesn't fit. */
export type ReceiveInput = Omit<InboundInput, 'media'> & { media?: InboundMedia[] } & Partial<RetryPolicy>;

/** How the delivery of an inbound message went. */
export interface ReceiveResult extends DeliveryResult {
  messageSid: string;
}

/** Which messages to show; all filters are optional. */
export interface MessageFilter {
  accountSid?: string;
  to?: string;
  from?: string;
  direction?: Message['direction'];
}

/** A running simulator: what tests hold in hand, and what the control API calls. */
export class TwilioSimulator {
  readonly faults = new Faults();
  /** Of the form `http://127.0.0.1:3001`, without a slash at the end. */
  url = '';
  port = 0;
  readonly #media = new MediaShelf();
  readonly #background = new Background();
  readonly #sender = new WebhookSender(this.#background);
  readonly #store: Store;
  readonly #lifecycle: Lifecycle;
  readonly #rest: RestApi;
  readonly #calls: Calls;
  // Connections are kept longer than clients keep them, so that none is closed as it is being used.
  readonly #server = http.createServer({ keepAliveTimeout: 65_000 });
  readonly #violations = new Violations(violationsOf);
  #settings: Settings;
  #onCreate: CreateHook;

  constructor(options: SimulatorOptions) {
    this.#settings = mergeSettings(DEFAULT_SETTINGS, options.settings ?? {});
    this.#store = new Store(options.maxMessages ?? 100_000);
    const settings = (): Settings => this.#settings;
    this.#lifecycle = new Lifecycle(this.#store, this.#sender, this.#background, settings);
    this.#calls = new Calls(this.#store, this.#sender, this.#background, settings, () => this.url);
    this.#onCreate = options.onCreate ?? (() => undefined);
    this.#rest = new RestApi(
      this.#store,
      this.faults,
      this.#lifecycle,
      this.#background,
      settings,
      this.#violations,
      (draft) => this.#onCreate(draft),
      this.#media,
      this.#calls,
    );
    for (const { numbers = [], ...account } of options.accounts ?? []) {
      const { sid } = this.addAccount(account);
      for (const number of numbers) this.addNumber({ ...number, accountSid: sid });
    }
  }

  /**
   * Opens the door: `/simulator/…` goes to `control`, all else is Twilio's REST API.
   * @throws the server's error, with code EADDRINUSE when the port is taken
   */
  async listen(port: number, host: string, control: Handler): Promise<void> {
    this.#server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      const url = requestUrl(request);
      const handler = url.pathname.startsWith('/simulator/') ? control : this.#rest;
      void handler.handle(request, response, url);
    });
    this.#server.on('clientError', (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
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

  /** Adds an account (what isn't given is made up), or changes the given fields of a known one. */
  addAccount(input: AccountInput = {}): Account {
    if (input.authToken === '') throw new SimulatorInputError('authToken must not be empty');
    return { ...this.#store.putAccount(input) };
  }

  /** @throws SimulatorInputError when there is no such account */
  account(sid: string): Account {
    return { ...this.#store.account(sid) };
  }

  accounts(): Account[] {
    return this.#store.accounts().map((account) => ({ ...account }));
  }

  /**
   * Adds a number, or changes the given fields of one the account owns.
   * @throws SimulatorInputError for an unknown account, a bad address or URL, or another's number
   */
  addNumber(input: NumberInput): PhoneNumber {
    if (!isValidAddress(input.address)) {
      throw new SimulatorInputError('address must be +E164 or whatsapp:+E164');
    }
    if (typeof input.webhookUrl === 'string' && !isHttpUrl(input.webhookUrl)) {
      throw new SimulatorInputError('webhookUrl must be an http or https URL');
    }
    if (typeof input.voiceUrl === 'string' && !isHttpUrl(input.voiceUrl)) {
      throw new SimulatorInputError('voiceUrl must be an http or https URL');
    }
    return { ...this.#store.putNumber(input) };
  }

  /**
   * Adds a content template, or changes the given fields of one the account owns: also what WhatsApp thinks of it.
   * @throws SimulatorInputError for an unknown account, a bad sid, or another's template
   */
  addContent(input: ContentInput): Content {
    this.#store.account(input.accountSid);
    return { ...this.#store.contents.put(input) };
  }

  /** The content templates, to be listed and taken away. */
  get contents(): Pick<Contents, 'list' | 'remove'> {
    return this.#store.contents;
  }

  numbers(): PhoneNumber[] {
    return this.#store.numbers().map((number) => ({ ...number }));
  }

  /**
   * A customer writes: records the message and posts it to the number's webhook.
   * Resolves when the delivery has succeeded or was given up; a failed one isn't thrown but told.
   * @throws SimulatorInputError for a number that isn't known or has no webhook
   */
  async receive(input: ReceiveInput): Promise<ReceiveResult> {
    const { retries, retryDelayMs, timeoutMs } = input;
    const policy = mergeSettings(this.#settings, { retries, retryDelayMs, timeoutMs });
    const { post, request } = this.#record(input);
    const result = await this.#background.track(() => this.#sender.deliver(request, policy));
    return { messageSid: post.messageSid, ...result };
  }

  /** A message whose webhook never arrives: it is only recorded, and listed. Answers its sid. */
  withhold(input: ReceiveInput): string {
    return this.#record(input).post.messageSid;
  }

  /**
   * Somebody calls a number: what it answers is played to the end. Resolves when everybody was told.
   * @throws SimulatorInputError for a number that takes no calls, and for an answer that is no TwiML
   */
  call(input: CallInput): Promise<PhoneCall> {
    return this.#calls.receive(input);
  }

  /**
   * A call that nobody is told of: it is over, and listed.
   * @throws SimulatorInputError for a number that takes no calls
   */
  withholdCall(input: WithheldCall): PhoneCall {
    return this.#calls.withhold(input);
  }

  /** What happens from now on when this number is called. */
  onCall(address: string, behaviour: CallBehaviour): void {
    this.#calls.behave(address, behaviour);
  }

  /** Calls, newest first. */
  calls(accountSid?: string): PhoneCall[] {
    return this.#calls.list(accountSid);
  }

  /** Recordings that were not deleted, oldest first. */
  recordings(): Recording[] {
    return this.#calls.recordings();
  }

  /** The request that `receive` would post, neither sent nor recorded: to be tampered with, or replayed. */
  signedInbound(input: ReceiveInput): SignedRequest & { messageSid: string } {
    const { post, request } = this.#prepare(input);
    return { messageSid: post.messageSid, ...request };
  }

  /** Messages newest first. They are copies; a string is short for an account's sid. */
  messages(filter: string | MessageFilter = {}): Message[] {
    const { accountSid, to, from, direction } = typeof filter === 'string' ? { accountSid: filter } : filter;
    return this.#store
      .messages(accountSid)
      .filter((message) => to === undefined || message.to === to)
      .filter((message) => from === undefined || message.from === from)
      .filter((message) => direction === undefined || message.direction === direction)
      .map((message) => ({ ...message }));
  }

  /**
   * Puts an outbound message into a state at once (such as `read`, hours later) and posts the callback.
   * Answers null when the message has no StatusCallback.
   * @throws SimulatorInputError when there is no such outbound message
   */
  async reportStatus(
    messageSid: string,
    status: MessageStatus,
    errorCode?: number,
  ): Promise<DeliveryResult | null> {
    const message = this.#store.message(messageSid);
    if (message?.direction !== 'outbound-api') {
      throw new SimulatorInputError(`no such outbound message: ${messageSid}`);
    }
    return this.#lifecycle.tell(message, status, errorCode);
  }

  /** Puts a recipient on the account's list of unsubscribed people: sending to it answers 21610. */
  optOut(accountSid: string, address: string): void {
    this.#store.account(accountSid);
    this.#store.setOptedOut(accountSid, address, true);
  }

  /** Takes a recipient off the list again. */
  optIn(accountSid: string, address: string): void {
    this.#store.account(accountSid);
    this.#store.setOptedOut(accountSid, address, false);
  }

  /** Gives the account a new primary token; the old one is refused and signs nothing from now on. */
  rotateToken(accountSid: string, authToken: string = newAuthToken()): Account {
    this.#store.account(accountSid);
    return this.addAccount({ sid: accountSid, authToken });
  }

  /**
   * What is awaited before a message is recorded and its creation answered: whatever a test has happen meanwhile. One hook;
   * null takes it away.
   */
  onCreate(hook: CreateHook | null): void {
    this.#onCreate = hook ?? (() => undefined);
  }

  /** What was wrong with requests by Twilio's published description: the first 1,000 things. */
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
    return {
      accounts: this.#store.accounts().length,
      numbers: this.#store.numbers().length,
      messages: this.#store.messageCount,
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
    this.#sender.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    await this.#background.idle();
  }

  #record(input: ReceiveInput): { post: InboundPost; request: SignedRequest } {
    const { post, request, number, inbound } = this.#prepare(input);
    this.#store.addMessage(inboundRecord(post, inbound, number));
    this.#store.noteInbound(input.from, number.address, new Date());
    if (number.optOutHandling !== 'none') this.#applyOptOut(number, input.from, post);
    return { post, request };
  }

  #prepare(input: ReceiveInput): {
    post: InboundPost;
    inbound: InboundInput;
    request: SignedRequest;
    number: PhoneNumber;
  } {
    const number = this.#store.number(input.to);
    if (!number) throw new SimulatorInputError(`no such number: ${input.to}`);
    if (number.webhookUrl === null) throw new SimulatorInputError(`${input.to} has no webhookUrl`);
    const { authToken } = this.#store.account(number.accountSid);
    const inbound = this.#addressed(input, number);
    const post = inboundPost(inbound, number);
    const { webhookUrl } = number;
    const request = signedRequest(authToken, webhookUrl, post.params, input.idempotencyToken);
    return { post, inbound, request, number };
  }

  /** The same with an address for each file. */
  #addressed({ media = [], ...input }: ReceiveInput, { accountSid }: PhoneNumber): InboundInput {
    const messageSid = input.messageSid ?? newSid(media.length ? 'MM' : 'SM');
    const owner = { origin: this.url, accountSid, messageSid };
    return { ...input, messageSid, media: this.#media.addressed(media, owner) };
  }

  #applyOptOut(number: PhoneNumber, customer: string, post: InboundPost): void {
    if (post.optOutType === undefined) return;
    this.#store.addMessage(optOutAnswer(post.optOutType, customer, number));
    if (post.optOutType === 'HELP') return;
    this.#store.setOptedOut(number.accountSid, customer, post.optOutType === 'STOP');
  }
}
