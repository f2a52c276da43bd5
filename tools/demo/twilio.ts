import type { Account, DeliveryResult, Message, PhoneCall, SignedRequest } from '../twilio-simulator';
import { call, type Answer } from './http';
import { control } from './simulator';

/** A delivered message of a customer. */
export type Delivered = DeliveryResult & { readonly messageSid: string };

/** What a customer writes. */
export interface Writing {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly profileName?: string;
  /** To deliver a message again. */
  readonly messageSid?: string;
  readonly idempotencyToken?: string;
}

/** The Twilio simulator's control API. */
export class Twilio {
  constructor(private readonly url: string) {}

  async account(sid: string): Promise<Account> {
    const { accounts } = await this.control<{ accounts: Account[] }>('GET', 'accounts');
    const account = accounts.find((known) => known.sid === sid);
    if (!account) throw new Error(`the simulator has no account ${sid}`);
    return account;
  }

  /** Tells a number where its webhooks go: of messages, of calls; what is left out stays. */
  async configureNumber(number: {
    accountSid: string;
    address: string;
    webhookUrl?: string;
    voiceUrl?: string;
  }): Promise<void> {
    await this.control('POST', 'numbers', number);
  }

  /** Posts the signed webhook, and tells how it was answered. */
  receive(writing: Writing): Promise<Delivered> {
    return this.control('POST', 'inbound', writing);
  }

  /** Somebody calls, nobody answers, and they hang up where they are asked to speak. */
  rings(from: string, to: string): Promise<PhoneCall> {
    return this.control('POST', 'calls', { from, to, hangsUpAt: 'Record' });
  }

  /** The signed webhook itself, not sent. */
  signed(writing: Writing): Promise<SignedRequest & { messageSid: string }> {
    return this.control('POST', 'signed', writing);
  }

  /** What arrived on a customer's phone, oldest first. */
  async phone(to: string): Promise<Message[]> {
    const query = new URLSearchParams({ to, direction: 'outbound-api' }).toString();
    const { messages } = await this.control<{ messages: Message[] }>('GET', `messages?${query}`);
    return messages.reverse();
  }

  /** Posts a form to a webhook past the simulator: as a forger does. */
  forge({ url, headers }: SignedRequest, body: string): Promise<Answer<{ code?: string }>> {
    // The length of what was signed is not that of what is sent.
    const own = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length');
    return call('Frontdesk', url, { method: 'POST', headers: Object.fromEntries(own), body });
  }

  private control<Body>(method: 'GET' | 'POST', path: string, body?: object): Promise<Body> {
    return control('The Twilio simulator', this.url, method, path, body);
  }
}
