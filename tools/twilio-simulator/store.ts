import { Contents } from './contents';
import { SimulatorInputError } from './errors';
import { newAuthToken, newSid } from './ids';
import { isWhatsApp } from './addresses';
import type { Account, Arrival, Message, MessageDraft, OptOutHandling, PhoneNumber } from './model';

/** Fields of an account to add, or to change where `sid` is known already. */
export interface AccountInput {
  sid?: string;
  authToken?: string;
  friendlyName?: string;
  status?: Account['status'];
}

/** Fields of a number to add, or to change where `address` is known already. */
export interface NumberInput {
  accountSid: string;
  address: string;
  webhookUrl?: string | null;
  voiceUrl?: string | null;
  messagingServiceSid?: string | null;
  /** Default: `default` by SMS, `none` on WhatsApp. */
  optOutHandling?: OptOutHandling;
}

/** Everything the simulator knows, in memory. Of the messages only the newest `maxMessages` stay. */
export class Store {
  readonly contents = new Contents();
  readonly #accounts = new Map<string, Account>();
  readonly #numbers = new Map<string, PhoneNumber>();
  readonly #messages = new Map<string, Message>();
  readonly #optOuts = new Set<string>();
  readonly #lastInbound = new Map<string, number>();
  #sequence = 0;
  #arrivals = 0;

  constructor(private readonly maxMessages: number) {}

  /** Adds an account, or changes the given fields of a known one. */
  putAccount(input: AccountInput): Account {
    const sid = input.sid ?? newSid('AC');
    if (!/^AC[0-9a-fA-F]{32}$/.test(sid)) {
      throw new SimulatorInputError(`account sid must be AC and 32 hex digits: ${sid}`);
    }
    const known = this.#accounts.get(sid);
    const account: Account = {
      sid,
      authToken: input.authToken ?? known?.authToken ?? newAuthToken(),
      friendlyName: input.friendlyName ?? known?.friendlyName ?? 'Simulated account',
      status: input.status ?? known?.status ?? 'active',
      createdAt: known?.createdAt ?? new Date(),
    };
    this.#accounts.set(sid, account);
    return account;
  }

  /** The account, or undefined. */
  findAccount(sid: string): Account | undefined {
    return this.#accounts.get(sid);
  }

  /** @throws SimulatorInputError when there is no such account */
  account(sid: string): Account {
    const account = this.#accounts.get(sid);
    if (!account) throw new SimulatorInputError(`no such account: ${sid}`);
    return account;
  }

  accounts(): Account[] {
    return [...this.#accounts.values()];
  }

  /** Adds a number, or changes the given fields of one the same account owns. */
  putNumber(input: NumberInput): PhoneNumber {
    this.account(input.accountSid);
    const known = this.#numbers.get(input.address);
    if (known && known.accountSid !== input.accountSid) {
      throw new SimulatorInputError(`another account owns ${input.address}`);
    }
    const number: PhoneNumber = {
      accountSid: input.accountSid,
      address: input.address,
      webhookUrl: input.webhookUrl === undefined ? (known?.webhookUrl ?? null) : input.webhookUrl,
      voiceUrl: input.voiceUrl === undefined ? (known?.voiceUrl ?? null) : input.voiceUrl,
      messagingServiceSid:
        input.messagingServiceSid === undefined
          ? (known?.messagingServiceSid ?? null)
          : input.messagingServiceSid,
      optOutHandling:
        input.optOutHandling ?? known?.optOutHandling ?? (isWhatsApp(input.address) ? 'none' : 'default'),
    };
    this.#numbers.set(number.address, number);
    return number;
  }

  number(address: string): PhoneNumber | undefined {
    return this.#numbers.get(address);
  }

  numbers(): PhoneNumber[] {
    return [...this.#numbers.values()];
  }

  /** The arrival of a request, now. */
  arrive(): Arrival {
    return { receivedAt: performance.timeOrigin + performance.now(), arrival: ++this.#arrivals };
  }

  /** Records a message (a known sid keeps its first record) and forgets the oldest beyond the bound. */
  addMessage(draft: MessageDraft, arrival: Arrival = this.arrive()): Message {
    const known = this.#messages.get(draft.sid);
    if (known) return known;
    const recorded: Message = { ...draft, ...arrival, sequence: ++this.#sequence };
    this.#messages.set(recorded.sid, recorded);
    dropOldest(this.#messages, this.maxMessages);
    return recorded;
  }

  message(sid: string): Message | undefined {
    return this.#messages.get(sid);
  }

  /** Messages newest first, of one account or of all. */
  messages(accountSid?: string): Message[] {
    const found: Message[] = [];
    for (const message of this.#messages.values()) {
      if (accountSid === undefined || message.accountSid === accountSid) found.push(message);
    }
    return found.reverse();
  }

  get messageCount(): number {
    return this.#messages.size;
  }

  /** Puts a recipient on the account's list of unsubscribed people, or takes it off. */
  setOptedOut(accountSid: string, address: string, optedOut: boolean): void {
    const key = pair(accountSid, address);
    if (optedOut) this.#optOuts.add(key);
    else this.#optOuts.delete(key);
  }

  isOptedOut(accountSid: string, address: string): boolean {
    return this.#optOuts.has(pair(accountSid, address));
  }

  /** Notes that a customer wrote to a number: this opens WhatsApp's 24-hour window. */
  noteInbound(customer: string, number: string, at: Date): void {
    const key = pair(customer, number);
    this.#lastInbound.delete(key);
    this.#lastInbound.set(key, at.getTime());
    dropOldest(this.#lastInbound, this.maxMessages);
  }

  /** Whether the customer wrote to the number within the last 24 hours. */
  withinWindow(customer: string, number: string, now: Date): boolean {
    const last = this.#lastInbound.get(pair(customer, number));
    return last !== undefined && now.getTime() - last < 24 * 3600 * 1000;
  }
}

function pair(left: string, right: string): string {
  return `${left}\n${right}`;
}

function dropOldest<V>(map: Map<string, V>, limit: number): void {
  if (map.size <= limit) return;
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
