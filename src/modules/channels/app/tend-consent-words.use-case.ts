import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { checkVersion } from '../../../common/http';
import { ConsentWordsRepository, type ConsentWordRow } from '../db/consent-words.repository';
import { standardTexts, type ConsentAnswer, type OwnText } from '../domain/consent-texts';
import {
  checkWord,
  ConsentWordNotFound,
  MAX_WORDS,
  TooManyWords,
  type ConsentWord,
} from '../domain/consent-word';

/** A text as it is listed. */
export interface TextView extends OwnText {
  /** Not the organization's own. */
  readonly isStandard: boolean;
}

/** What can be changed of a word: what it is and does stays, so that nobody is answered by another rule than they wrote to. */
export type WordChange = Partial<Omit<ConsentWord, 'word' | 'action'>>;

/** The organization tends its words about consent and the texts that answer them. */
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

  /** Own texts first, then those standard ones that none stands in the place of. */
  async texts(): Promise<TextView[]> {
    const own = await this.words.texts();
    const is = (a: OwnText, b: OwnText): boolean => a.answer === b.answer && a.language === b.language;
    return [
      ...own.map((text) => ({ ...text, isStandard: false })),
      ...standardTexts()
        .filter((text) => !own.some((one) => is(one, text)))
        .map((text) => ({ ...text, isStandard: true })),
    ];
  }

  async setText(answer: ConsentAnswer, language: string, text: string | null): Promise<TextView[]> {
    await this.words.setText(answer, language, text);
    return this.texts();
  }

  private async locked(id: Uuid, ifMatch: number | undefined): Promise<ConsentWordRow> {
    const row = await this.words.find(id, 'FOR UPDATE');
    if (!row) throw new ConsentWordNotFound();
    checkVersion(row.version, ifMatch);
    return row;
  }
}
