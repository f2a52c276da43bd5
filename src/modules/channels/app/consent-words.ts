import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { ConsentWordsRepository } from '../db/consent-words.repository';
import { consentKeyword, type ConsentKeyword } from '../domain/consent-keywords';
import { answerOf, textOf } from '../domain/consent-texts';
import { comparedWord, type WordMeaning } from '../domain/consent-word';
import type { InboundMessage } from '../domain/provider';
import { reservedWords, type ReservedWords } from '../domain/reserved-words';

/** What words about consent mean in the organization at hand, and what answers them. */
@Injectable()
export class ConsentWords {
  constructor(private readonly words: ConsentWordsRepository) {}

  /** Null for a message like any other. What the provider acted on, and the standard words, mean the same everywhere. */
  async meaning(
    message: Pick<InboundMessage, 'body' | 'optOutType'>,
  ): Promise<(WordMeaning & { readonly keywordId: Uuid | null }) | null> {
    const keyword = consentKeyword(message);
    if (keyword !== null) return { keyword, purpose: 'transactional', keywordId: null };
    const compared = comparedWord(message.body);
    const own = compared === null ? undefined : await this.words.byWord(compared);
    return own ? { keyword: own.action, purpose: own.purpose, keywordId: own.id } : null;
  }

  /** The text of the one answer; of a word of the organization's own in its language, else in the organization's. */
  async answer(keyword: ConsentKeyword, keywordId: Uuid | null): Promise<string> {
    const own = keywordId ? await this.words.find(keywordId) : undefined;
    if (own?.reply) return own.reply;
    const language = own?.language ?? (await this.words.locale());
    return textOf(answerOf(keyword, own?.purpose ?? 'transactional'), language, await this.words.texts());
  }

  /** Every word that changes consent or asks for help here: the standard ones and the organization's own. */
  async reserved(): Promise<ReservedWords> {
    return reservedWords(await this.words.all());
  }
}
