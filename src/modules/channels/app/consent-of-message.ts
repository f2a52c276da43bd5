import { Injectable } from '@nestjs/common';
import type { ConnectionSummary } from '../domain/connection';
import type { WordMeaning } from '../domain/consent-word';
import type { InboundMessage } from '../domain/provider';
import { Consent } from './consent';

/** What a customer's message says about consent, by a word or by being written. In the transaction at hand. */
@Injectable()
export class ConsentOfMessage {
  constructor(private readonly consent: Consent) {}

  async take(
    { id: connectionId, channel, routing }: Pick<ConnectionSummary, 'id' | 'channel' | 'routing'>,
    { from, providerMessageId: messageId, receivedAt: at, optOutType }: InboundMessage,
    word: WordMeaning | null,
  ): Promise<void> {
    const phone = from.address;
    if (word === null || word.keyword === 'help') {
      await this.consent.recordWriting({ phone, channel, messageId, at });
      return;
    }
    const { keyword: action, purpose, keywordId } = word;
    const evidence = {
      messageId,
      // Others heard of it over the same number: a word that takes it back is told to them, too.
      ...(routing === 'shared' ? { connectionId } : {}),
      ...(optOutType === null ? {} : { optOutType }),
      ...(keywordId === null ? {} : { keywordId }),
    };
    // Whoever asks for offers wants to be answered, too.
    const purposes = action === 'opt_in' ? (['transactional', purpose] as const) : [purpose];
    await this.consent.recordAll(
      [...new Set(purposes)].map((about) => ({
        ...{ phone, channel, purpose: about, action, evidence, at },
        source: 'keyword',
      })),
    );
  }
}
