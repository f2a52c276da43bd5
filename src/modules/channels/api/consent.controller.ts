import { Body, Controller, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { OrgScope } from '../../../common/context';
import { CurrentScope, pageOf, Route, type Page } from '../../../common/http';
import { ReadConsent } from '../app/read-consent.query';
import { RecordConsent } from '../app/record-consent.use-case';
import { ConsentContactNotFound, ConsentInvalid, ConsentNotOpened } from '../domain/consent-errors';
import { InvalidPhoneNumber } from '../domain/errors';
import {
  ConsentEventDto,
  ConsentEventsQueryDto,
  ConsentProofDto,
  ConsentProofQueryDto,
  ConsentQueryDto,
  ConsentStateDto,
  RecordConsentDto,
} from './consent.dto';

const INVALID = new ConsentInvalid([
  {
    field: 'evidence.wording',
    code: 'evidence_missing',
    message: 'an opt-in needs the wording that was agreed to, and how',
  },
]);
const NO_NUMBER = new InvalidPhoneNumber('phone');

const SAID = { phone: '+4915112345678', channel: 'whatsapp' };
const STATEMENTS = {
  'opt in': {
    value: {
      ...SAID,
      purpose: 'marketing',
      action: 'opt_in',
      evidence: { wording: 'I would like to get offers by WhatsApp.', method: 'web form' },
    },
  },
  'opt out': { value: { ...SAID, purpose: 'transactional', action: 'opt_out' } },
};

@ApiTags('Consent')
@Controller('consent')
export class ConsentController {
  constructor(
    private readonly recording: RecordConsent,
    private readonly consent: ReadConsent,
  ) {}

  @Route.post('', {
    summary: 'Record what a person said about their consent',
    description:
      'On a form, on the phone, on paper. An opt-out of `transactional` opts out of `marketing` as well, and is answered once every message that was being handed to the provider has come to its end: none leaves after it. An opt-in needs the wording that was agreed to and how it was given. Against an earlier opt-out, a STOP of their own included, it is new consent, and counts when it was given after it; when nothing would be opened by it, it is refused (422 `consent_not_opened`).',
    permission: 'consent.record',
    response: ConsentEventDto,
    ownTransactions: true,
    idempotent: true,
    errors: [400, 422, INVALID, new ConsentNotOpened(), NO_NUMBER, new ConsentContactNotFound()],
  })
  @ApiBody({ type: RecordConsentDto, examples: STATEMENTS })
  record(
    @Body() { evidence = {}, ...statement }: RecordConsentDto,
    @CurrentScope() scope: OrgScope,
  ): Promise<ConsentEventDto> {
    return this.recording.execute(scope, { ...statement, evidence });
  }

  @Route.get('', {
    summary: 'Read the consent of a person',
    description:
      'By channel and purpose, of one address or of all that a contact has. Consent belongs to the address: it stays with it when contacts are merged.',
    permission: 'contacts.read',
    response: [ConsentStateDto],
    errors: [400, 422, INVALID, NO_NUMBER, new ConsentContactNotFound()],
  })
  state(@Query() person: ConsentQueryDto): Promise<ConsentStateDto[]> {
    return this.consent.state(person);
  }

  @Route.get('events', {
    summary: 'List the ledger of consent',
    description: 'Everything that was ever said about consent, by when it was said, newest first.',
    permission: 'contacts.read',
    response: pageOf(ConsentEventDto),
    errors: [400, 422, NO_NUMBER],
  })
  events(@Query() { limit, cursor, ...filter }: ConsentEventsQueryDto): Promise<Page<ConsentEventDto>> {
    return this.consent.page(filter, limit, cursor);
  }

  @Route.get('proof', {
    summary: 'Prove consent at an instant',
    description:
      'What the ledger came to then, by which entry, and all entries up to then with a chain over them: each `digest` is the SHA-256 in hex of the digest before it (nothing for the first) followed by the JSON array [id, phone, channel, purpose, action, source, at, recordedAt, evidence] of the entry, without blanks, times as shown, names within the evidence sorted. A copy is complete and unchanged when the sums come out the same.',
    permission: 'contacts.read',
    response: ConsentProofDto,
    errors: [400, 422, NO_NUMBER],
  })
  proof(@Query() { at, ...line }: ConsentProofQueryDto): Promise<ConsentProofDto> {
    return this.consent.proof(line, at);
  }
}
