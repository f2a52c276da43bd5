import { randomBytes } from 'node:crypto';
import { SimulatorInputError } from '../twilio-simulator/errors';
import { newId } from './ids';
import { MediaShelf } from './media';
import type { Account, Message, PhoneNumber, Template } from './model';

export type AccountInput = Partial<Account>;
export type NumberInput = Partial<PhoneNumber> & Pick<PhoneNumber, 'accountId' | 'address'>;
export type TemplateInput = Partial<Template> & Pick<Template, 'accountId' | 'name'>;

/** What belongs to one WABA. */
export interface AccountHoldings {
  readonly numbers: readonly PhoneNumber[];
  readonly templates: readonly Template[];
  /** Whether it has a file of this id. */
  hasMedia(id: string): boolean;
}

/** Everything the simulator knows, in memory. Of the messages only the newest `maxMessages` stay. */
export class Store {
  readonly accounts = new Map<string, Account>();
  readonly numbers = new Map<string, PhoneNumber>();
  readonly templates = new Map<string, Template>();
  readonly messages = new Map<string, Message>();
  /** Customers' messages that the business marked as read, by id. */
  readonly read = new Map<string, { typing: boolean }>();
  readonly media: MediaShelf;
  readonly #lastInbound = new Map<string, number>();

  constructor(
    private readonly maxMessages: number,
    maxFiles = 500,
  ) {
    this.media = new MediaShelf(maxFiles);
  }

  /** Adds a WABA, or changes the given fields of a known one. */
  putAccount(input: AccountInput): Account {
    const id = input.id ?? newId();
    const account: Account = {
      appId: newId(),
      appSecret: randomBytes(16).toString('hex'),
      accessToken: `EAA${randomBytes(40).toString('hex')}`,
      tokenExpiresAt: null,
      dataAccessExpiresAt: null,
      webhookUrl: null,
      ...this.accounts.get(id),
      ...given(input),
      id,
    };
    this.accounts.set(id, account);
    return account;
  }

  /** @throws SimulatorInputError when there is no such account */
  account(id: string): Account {
    const account = this.accounts.get(id);
    if (!account) throw new SimulatorInputError(`no such account: ${id}`);
    return account;
  }

  /** @throws SimulatorInputError when there is no such number */
  number(id: string): PhoneNumber {
    const number = this.numbers.get(id);
    if (!number) throw new SimulatorInputError(`no such number: ${id}`);
    return number;
  }

  /** @throws SimulatorInputError when no such message was sent */
  message(id: string): Message {
    const message = this.messages.get(id);
    if (!message) throw new SimulatorInputError(`no such message: ${id}`);
    return message;
  }

  /** Adds a number, or changes the given fields of a known one. */
  putNumber(input: NumberInput): PhoneNumber {
    this.account(input.accountId);
    if (!/^\+[1-9]\d{6,14}$/.test(input.address)) throw new SimulatorInputError('address must be +E164');
    const id = input.id ?? newId();
    const number = {
      verifiedName: 'Front desk',
      status: 'CONNECTED',
      qualityRating: 'GREEN',
      ...this.numbers.get(id),
      ...given(input),
      id,
    } as PhoneNumber;
    this.numbers.set(id, number);
    return number;
  }

  /** Adds a template (approved, where nothing else is said), or changes the given fields of a known one. */
  putTemplate(input: TemplateInput): Template {
    this.account(input.accountId);
    const id = input.id ?? newId();
    const template = {
      language: 'en',
      status: 'APPROVED',
      category: 'UTILITY',
      parameterFormat: 'POSITIONAL',
      rejectedReason: 'NONE',
      components: [{ type: 'BODY', text: 'Hello' }],
      ...this.templates.get(id),
      ...given(input),
      id,
    } as Template;
    this.templates.set(id, template);
    return template;
  }

  /**
   * Changes what Meta thinks of a template.
   * @throws SimulatorInputError when there is no such template
   */
  decide(id: string, status: Template['status'], rejectedReason: string): Template {
    const known = this.templates.get(id);
    if (!known) throw new SimulatorInputError(`no such template: ${id}`);
    return this.putTemplate({ ...known, status, rejectedReason });
  }

  /** What a WABA has. */
  ofAccount(accountId: string): AccountHoldings {
    const own = <T extends { accountId: string }>(things: ReadonlyMap<string, T>): T[] =>
      [...things.values()].filter((one) => one.accountId === accountId);
    const { media } = this;
    return {
      numbers: own(this.numbers),
      templates: own(this.templates),
      hasMedia: (id) => media.find(id)?.accountId === accountId,
    };
  }

  /** Records a message and forgets the oldest beyond the bound. */
  addMessage(message: Message): Message {
    this.messages.set(message.id, message);
    const [oldest] = this.messages.keys();
    if (this.messages.size > this.maxMessages && oldest !== undefined) this.messages.delete(oldest);
    return message;
  }

  /** Notes that the business read a customer's message. */
  markRead(messageId: string, typing: boolean): void {
    this.read.set(messageId, { typing });
    const [oldest] = this.read.keys();
    if (this.read.size > this.maxMessages && oldest !== undefined) this.read.delete(oldest);
  }

  /** Notes that a customer wrote to a number: this opens the window of 24 hours. */
  noteInbound(numberId: string, customer: string | undefined): void {
    if (customer !== undefined) this.#lastInbound.set(`${numberId} ${digits(customer)}`, Date.now());
  }

  /** Whether the customer wrote to the number within the last 24 hours. */
  withinWindow(numberId: string, customer: string): boolean {
    return Date.now() - (this.#lastInbound.get(`${numberId} ${customer}`) ?? 0) < 24 * 3_600_000;
  }
}

function digits(address: string): string {
  return address.replace(/^\+/, '');
}

function given<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<T>;
}
