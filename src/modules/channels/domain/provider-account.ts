/** An account at a provider, with what opens it. Never logged, never stored in clear. */
export interface ProviderAccount {
  /** Twilio: the Account SID; Meta: the id of the WhatsApp Business Account. */
  readonly accountId: string;
  /** What the provider's adapter needs, by its names. Twilio: `authToken`; Meta: `appId`, `appSecret`, `accessToken`. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** An account, and which number of it is meant where the provider has an id of its own for it. */
export interface AccountToVerify extends ProviderAccount {
  readonly numberId: string | null;
}

/** What a provider tells of credentials that it accepts. */
export interface AccountFacts {
  /** The number that was meant, E.164; null where the provider does not tell. */
  readonly address: string | null;
  /** When the credentials end; null for those that do not, as far as is known. */
  readonly expireAt: Date | null;
}

/** What of given credentials a provider can tell to be wrong; they are asked about in this order. */
export type RejectedPart = 'app' | 'token' | 'account' | 'number';

/** What the provider says about an account. `unavailable`: it said nothing, so nothing is known. */
export type AccountCheck =
  | ({ readonly kind: 'accepted' } & AccountFacts)
  | { readonly kind: 'rejected'; readonly part?: RejectedPart }
  | { readonly kind: 'suspended' }
  | { readonly kind: 'unavailable'; readonly afterSeconds?: number };
