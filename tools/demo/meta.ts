import type { Account, DeliveryResult, Message } from '../whatsapp-cloud-simulator';
import { control } from './simulator';

/** What a customer writes to a number of the Cloud API. */
export interface CloudWriting {
  readonly numberId: string;
  readonly from: string;
  readonly profileName: string;
  readonly text: string;
}

/** Delivered messages of a customer, in one request. */
export type CloudDelivered = DeliveryResult & { readonly ids: readonly string[] };

/** The control API of the simulator of Meta's WhatsApp Cloud API. */
export class Meta {
  constructor(private readonly url: string) {}

  async account(id: string): Promise<Account> {
    const { accounts } = await this.control<{ accounts: Account[] }>('GET', 'accounts');
    const account = accounts.find((known) => known.id === id);
    if (!account) throw new Error(`the simulator has no account ${id}`);
    return account;
  }

  /** Configures the address of an app's webhooks, as in Meta's console: false when the handshake failed. */
  async configureWebhook(accountId: string, url: string, verifyToken: string | null): Promise<boolean> {
    const { accepted } = await this.control<{ accepted: boolean }>('POST', 'handshake', { url, verifyToken });
    if (accepted) await this.control('POST', 'accounts', { id: accountId, webhookUrl: url });
    return accepted;
  }

  /** Posts one signed webhook with all these messages, and tells how it was answered. */
  receive(messages: readonly CloudWriting[]): Promise<CloudDelivered> {
    return this.control('POST', 'inbound', { messages });
  }

  /** What arrived on a customer's phone, oldest first. */
  async phone(to: string): Promise<Message[]> {
    const query = new URLSearchParams({ to: to.replace('+', '') }).toString();
    const { messages } = await this.control<{ messages: Message[] }>('GET', `messages?${query}`);
    return messages.reverse();
  }

  private control<Body>(method: 'GET' | 'POST', path: string, body?: object): Promise<Body> {
    return control('The WhatsApp Cloud API simulator', this.url, method, path, body);
  }
}
