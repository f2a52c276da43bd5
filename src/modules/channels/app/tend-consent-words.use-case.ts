import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { checkVersion } from '../../../common/http';
import { ConsentWordsRepository, type ConsentWordRow } from '../db/consent-words.repository';
import {
  checkWord,
  ConsentWordNotFound,
  MAX_WORDS,
  TooManyWords,
  type ConsentWord,
} from '../domain/consent-word';

/** What can be changed of a word: what it is and does stays, so that nobody is answered by another rule than they wrote to. */
export type WordChange = Partial<Omit<ConsentWord, 'word' | 'action'>>;

/** The organization tends its words about consent. */
@Injectable()
export class TendConsentWords {
  constructor(private readonly words: ConsentWordsRepository) {}

  list(): Promise<ConsentWordRow[]> {
    return this.words.all();
  }

  /** Throws `ConsentWordNotFound`. */
  async read(id: Uuid): Promise<ConsentWordRow> {
    const row = await this.words.find(id);
    if (!row) throw new ConsentWordNotFound();
    return row;
  }

  /** Throws `ConsentWordInvalid`, `ConsentWordTaken` and `TooManyWords`. */
  async add(word: ConsentWord): Promise<ConsentWordRow> {
    const compared = checkWord(word.word);
    if ((await this.words.countLocked()) >= MAX_WORDS) throw new TooManyWords(MAX_WORDS);
    return this.read(await this.words.insert(compared, word));
  }

  /** Throws `ConsentWordNotFound` and `StaleVersion`. */
  async change(id: Uuid, change: WordChange, ifMatch: number | undefined): Promise<ConsentWordRow> {
    const row = await this.locked(id, ifMatch);
    await this.words.change(id, {
      language: change.language ?? row.language,
      purpose: change.purpose ?? row.purpose,
      reply: change.reply === undefined ? row.reply : change.reply,
    });
    return this.read(id);
  }

  /** Throws `ConsentWordNotFound` and `StaleVersion`. */
  async remove(id: Uuid, ifMatch: number | undefined): Promise<void> {
    await this.locked(id, ifMatch);
    await this.words.delete(id);
  }

  private async locked(id: Uuid, ifMatch: number | undefined): Promise<ConsentWordRow> {
    const row = await this.words.find(id, 'FOR UPDATE');
    if (!row) throw new ConsentWordNotFound();
    checkVersion(row.version, ifMatch);
    return row;
  }
}
