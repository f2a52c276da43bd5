import { Injectable } from '@nestjs/common';
import { ImportedConsent, type ConsentStatement } from '../../contacts';
import { Consent } from './consent';

/** Takes the consent that comes with imported contacts into the ledger; what stands there with a later date stays in force. */
@Injectable()
export class ImportedConsentLedger extends ImportedConsent {
  constructor(private readonly consent: Consent) {
    super();
  }

  async record(statements: readonly ConsentStatement[]): Promise<void> {
    await this.consent.recordAll(
      statements.map(({ phone, channel, purpose, action, at, evidence }) => ({
        ...{ phone, channel, purpose, action, at, source: 'import' as const },
        evidence: { ...evidence },
      })),
    );
  }
}
