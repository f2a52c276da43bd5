import { randomBytes, randomInt } from 'node:crypto';
import { SimulatorInputError } from '../twilio-simulator/errors';
import type { Account, Message, PhoneNumber, Template } from './model';

export type AccountInput = Partial<Account>;
export type NumberInput = Partial<PhoneNumber> & Pick<PhoneNumber, 'accountId' | 'address'>;
export type TemplateInput = Partial<Template> & Pick<Template, 'accountId' | 'name'>;

/** An id as Meta has them: fifteen digits. */
export function newId(): string {
  return `1${randomInt(10 ** 7, 10 ** 8 - 1)}${randomInt(10 ** 5, 10 ** 6 - 1)}`;
}

/** A message id as Meta has them. */
export function newWamid(): string {
  return `wamid.${randomBytes(30).toString('base64')}`;
}

/** Everything the simulator knows, in memory. Of the messages only the newest `maxMessages` stay. */
export class Store {
  readonly accounts = new Map<string, Account>();
  readonly numbers = new Map<string, PhoneNumber>();
  readonly templates = new Map<string, Template>();
  readonly messages = new Map<string, Message>();
  readonly #lastInbound = new Map<string, number>();

  constructor(private readonly maxMessages: number) {}

  /** Adds a WABA, or changes the given fields of a known one. */
  putAccount(input: AccountInput): Account {
    const id = input.id ?? newId();
    const account: Account = {
      appId: newId(),
      appSecret: randomBytes(16).toString('hex'),
      accessToken: `EAA${randomBytes(40).toString('hex')}`,
      tokenExpiresAt: null,
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

  /** Adds a number, or changes the given fields of a known one. */
  putNumber(input: NumberInput): PhoneNumber {
    this.account(input.accountId);
    if (!/^\+[1-9]\d{6,14}$/.test(input.address)) throw new SimulatorInputError('address must be +E164');
    const id = input.id ?? newId();
    const number = {
      verifiedName: 'Front desk',
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
      components: [{ type: 'BODY', text: 'Hello' }],
      ...this.templates.get(id),
      ...given(input),
      id,
    } as Template;
    this.templates.set(id, template);
    return template;
  }

  /** Records a message and forgets the oldest beyond the bound. */
  addMessage(message: Message): void {
    this.messages.set(message.id, message);
    const [oldest] = this.messages.keys();
    if (this.messages.size > this.maxMessages && oldest !== undefined) this.messages.delete(oldest);
  }

  /** Notes that a customer wrote to a number: this opens the window of 24 hours. */
  noteInbound(numberId: string, customer: string, at = Date.now()): void {
    this.#lastInbound.set(`${numberId} ${customer.replace(/^\+/, '')}`, at);
  }

  /** Whether the customer wrote to the number within the last 24 hours. */
  withinWindow(numberId: string, customer: string): boolean {
    return Date.now() - (this.#lastInbound.get(`${numberId} ${customer}`) ?? 0) < 24 * 3_600_000;
  }
}

function given<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<T>;
}
