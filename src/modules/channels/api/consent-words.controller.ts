import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, IfMatch, Route } from '../../../common/http';
import { TendConsentTexts } from '../app/tend-consent-texts.use-case';
import { TendConsentWords } from '../app/tend-consent-words.use-case';
import {
  ConsentWordInvalid,
  ConsentWordNotFound,
  ConsentWordTaken,
  MAX_WORDS,
  TooManyWords,
} from '../domain/consent-word';
import {
  ChangeConsentKeywordDto,
  ConsentKeywordDto,
  ConsentTextDto,
  NewConsentKeywordDto,
  SetConsentTextDto,
} from './consent-words.dto';

const INVALID = new ConsentWordInvalid(
  'word',
  'one_word',
  'word must be one word of at most 32 letters and figures',
);

@ApiTags('Consent')
@Controller()
export class ConsentWordsController {
  constructor(
    private readonly words: TendConsentWords,
    private readonly answers: TendConsentTexts,
  ) {}

  @Route.post('consent-keywords', {
    summary: 'Add a word about consent of your own',
    description: `Beside the standard ones (STOP, START, HELP and their like), which cannot be changed. At most ${MAX_WORDS}.`,
    permission: 'consent.manage',
    response: ConsentKeywordDto,
    idempotent: true,
    errors: [400, 422, INVALID, new ConsentWordTaken(), new TooManyWords(MAX_WORDS)],
  })
  add(
    @Body() { purpose = 'transactional', reply = null, ...word }: NewConsentKeywordDto,
  ): Promise<ConsentKeywordDto> {
    return this.words.add({ ...word, purpose, reply });
  }

  @Route.get('consent-keywords', {
    summary: 'List your own words about consent',
    description: 'All of them, in the order in which they were added.',
    permission: 'contacts.read',
    response: [ConsentKeywordDto],
  })
  list(): Promise<ConsentKeywordDto[]> {
    return this.words.list();
  }

  @Route.get('consent-keywords/:id', {
    summary: 'Read a word about consent',
    permission: 'contacts.read',
    response: ConsentKeywordDto,
    errors: [new ConsentWordNotFound()],
  })
  read(@IdParam() id: Uuid): Promise<ConsentKeywordDto> {
    return this.words.read(id);
  }

  @Route.patch('consent-keywords/:id', {
    summary: 'Change the language, reach or answer of a word about consent',
    permission: 'consent.manage',
    response: ConsentKeywordDto,
    errors: [400, 422, new ConsentWordNotFound()],
  })
  change(
    @IdParam() id: Uuid,
    @Body() change: ChangeConsentKeywordDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<ConsentKeywordDto> {
    return this.words.change(id, change, ifMatch);
  }

  @Route.delete('consent-keywords/:id', {
    summary: 'Delete a word about consent',
    description: 'Consent that was given by it stays.',
    permission: 'consent.manage',
    errors: [new ConsentWordNotFound()],
  })
  remove(@IdParam() id: Uuid, @IfMatch() ifMatch: number | undefined): Promise<void> {
    return this.words.remove(id, ifMatch);
  }

  @Route.get('consent-texts', {
    summary: 'List what answers words about consent',
    permission: 'contacts.read',
    response: [ConsentTextDto],
  })
  texts(): Promise<ConsentTextDto[]> {
    return this.answers.list();
  }

  @Route.patch('consent-texts', {
    summary: 'Say in your own words what answers a word about consent',
    description: 'In one language. `null` brings the standard text back.',
    permission: 'consent.manage',
    response: [ConsentTextDto],
    errors: [400, 422],
  })
  setText(@Body() { answer, language, text }: SetConsentTextDto): Promise<ConsentTextDto[]> {
    return this.answers.set(answer, language, text);
  }
}
