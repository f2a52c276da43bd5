import { Injectable } from '@nestjs/common';
import { ImportedConsent, type ConsentStatement } from '../../contacts';
import { Consent } from './consent';

/** Takes the consent that comes with imported contacts into the ledger; what stands there with a later date stays in force. */
@Injectable()
export class ImportedConsentLedger extends ImportedConsent {
  constructor(private readonly consent: Consent) {
    super();
  }

  /** In the order of addresses, so that two that record at the same time wait for each other. */
  async record(statements: readonly ConsentStatement[]): Promise<void> {
    const ordered = [...statements].sort((a, b) => (a.phone < b.phone ? -1 : a.phone > b.phone ? 1 : 0));
    for (const { phone, channel, action, at, evidence } of ordered)
      await this.consent.record({ phone, channel, action, at, source: 'import', evidence: { ...evidence } });
  }
}
