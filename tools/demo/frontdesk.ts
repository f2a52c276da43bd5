import { call, type Answer, type Call } from './http';

/** What a sign-in gives. */
export interface SignedIn {
  readonly accessToken: string;
  readonly role: string;
  readonly organization: { readonly name: string };
  readonly user: { readonly id: string; readonly email: string };
}

export interface Connection {
  readonly id: string;
  readonly provider: string;
  readonly channel: string;
  readonly address: string;
  readonly webhookUrl: string;
  readonly isActive: boolean;
}

/** What is to be entered at the provider. */
export interface WebhookSetup {
  readonly sharedWebhookUrl: string;
  readonly verifyToken: string | null;
}

export interface Conversation {
  readonly id: string;
  readonly status: string;
  readonly contact: { readonly id: string; readonly name: string | null; readonly phone: string | null };
  readonly connection: { readonly id: string; readonly channel: string } | null;
  readonly sessionWindowEndsAt: string | null;
  readonly cannotReplyBecause: string | null;
}

export interface Message {
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly purpose: string;
  readonly consentPurpose: string;
  readonly status: string;
  readonly errorCode: string | null;
  readonly segments: number | null;
  readonly text: string | null;
  readonly author: { readonly type: string };
  readonly providerMessageId: string | null;
  readonly heldBecause: string | null;
  readonly heldUntil: string | null;
}

export interface Template {
  readonly id: string;
  readonly name: string;
}

/** What the provider said about a message. */
export interface StatusEvent {
  readonly status: string;
  readonly source: string;
}

export interface Contact {
  readonly id: string;
  readonly name: string | null;
  readonly phone: string | null;
  readonly leadStatus: string;
}

/** A call, as the log of calls shows it. */
export interface PhoneCall {
  readonly id: string;
  readonly direction: string;
  readonly status: string;
  readonly from: string | null;
  readonly textBack: { readonly messageId: string | null; readonly refusal: string | null } | null;
}

export interface WebhookLog {
  readonly type: string;
  readonly externalId: string | null;
  readonly signatureVerified: boolean;
  readonly status: string;
  readonly responseStatus: number;
  readonly error: string | null;
}

export interface AuditLog {
  readonly eventType: string;
  readonly actor: string;
  readonly actorType: string;
  readonly newValues: Readonly<Record<string, unknown>> | null;
  readonly recordId: string | null;
}

/** One thing that happened with a contact. */
export interface TimelineItem {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An error as problem+json tells it. */
export interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
}

interface Page<Item> {
  readonly items: readonly Item[];
}

/** Frontdesk's API, called as a member of the organization. */
export class Frontdesk {
  private authorization: string | undefined;

  constructor(private readonly url: string) {}

  /** Signs in; later calls go out in this member's name. */
  async signIn(email: string, password: string): Promise<Answer<SignedIn & Problem>> {
    const answer = await this.call<SignedIn & Problem>('/auth/sign-in', {
      method: 'POST',
      body: { email, password },
    });
    if (answer.status === 200) this.authorization = `Bearer ${answer.body.accessToken}`;
    return answer;
  }

  /** Reads something that is there. Throws when it is not. */
  async read<Body>(path: string): Promise<Body> {
    const { status, body } = await this.call<Body & Problem>(path);
    if (status !== 200) throw new Error(`GET ${path} was answered ${status} ${body.code ?? ''}`);
    return body;
  }

  /** The first page of a list. */
  async list<Item>(path: string): Promise<readonly Item[]> {
    const query = path.includes('?') ? '&limit=200' : '?limit=200';
    return (await this.read<Page<Item>>(`${path}${query}`)).items;
  }

  post<Body>(path: string, body: object, headers = {}): Promise<Answer<Body & Problem>> {
    return this.call(path, { method: 'POST', body, headers });
  }

  patch<Body>(path: string, body: object): Promise<Answer<Body & Problem>> {
    return this.call(path, { method: 'PATCH', body });
  }

  private call<Body>(path: string, { headers, ...rest }: Call = {}): Promise<Answer<Body>> {
    const own: Record<string, string> =
      this.authorization === undefined ? {} : { authorization: this.authorization };
    return call('Frontdesk', `${this.url}/api/v1${path}`, { ...rest, headers: { ...own, ...headers } });
  }
}
