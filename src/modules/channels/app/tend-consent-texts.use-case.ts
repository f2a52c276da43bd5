import { Injectable } from '@nestjs/common';
import { ConsentWordsRepository } from '../db/consent-words.repository';
import { standardTexts, type ConsentAnswer, type OwnText } from '../domain/consent-texts';

/** A text as it is listed. */
export interface TextView extends OwnText {
  /** Not the organization's own. */
  readonly isStandard: boolean;
}

/** The organization tends the texts that answer words about consent. */
@Injectable()
export class TendConsentTexts {
  constructor(private readonly words: ConsentWordsRepository) {}

  /** Own texts first, then those standard ones that none stands in the place of. */
  async list(): Promise<TextView[]> {
    const own = await this.words.texts();
    const is = (a: OwnText, b: OwnText): boolean => a.answer === b.answer && a.language === b.language;
    return [
      ...own.map((text) => ({ ...text, isStandard: false })),
      ...standardTexts()
        .filter((text) => !own.some((one) => is(one, text)))
        .map((text) => ({ ...text, isStandard: true })),
    ];
  }

  /** `null` brings the standard text back. */
  async set(answer: ConsentAnswer, language: string, text: string | null): Promise<TextView[]> {
    await this.words.setText(answer, language, text);
    return this.list();
  }
}
