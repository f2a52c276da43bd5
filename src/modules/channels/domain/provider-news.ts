import type { InboundMessage, LoggedEvent, Provider } from './provider';

/** A person told the provider itself whether they want offers of this business. */
export interface MarketingPreference {
  /** The same when it is told again. */
  readonly preferenceId: string;
  /** By number, by the channel's own id, or by both. */
  readonly from: readonly InboundMessage['from'][];
  /** Null: a wish of a kind that we do not know. */
  readonly wish: 'stop' | 'resume' | null;
  readonly saidAt: Date;
}

/** What a provider that tells more than messages, their statuses and calls says in it. */
export interface ProviderNews {
  /** What a logged event of type `preference` tells. */
  preference(event: LoggedEvent): MarketingPreference;
  /** What a logged event of type `notice` is about, in one word of `snake_case`. */
  noticeKind(event: LoggedEvent): string;
}

/** A provider that tells such things. */
export interface TellingProvider extends Provider {
  readonly news: ProviderNews;
}

/** What such a provider tells. Throws where it tells none of it: an event of it cannot have been logged. */
export function newsOf(provider: Provider): ProviderNews {
  if (!('news' in provider)) throw new Error('this provider tells of messages and calls alone');
  return (provider as TellingProvider).news;
}
