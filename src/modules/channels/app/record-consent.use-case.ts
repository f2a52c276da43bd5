import { Injectable } from '@nestjs/common';
import { Config } from '../../../common/config';
import type { OrgScope } from '../../../common/context';
import { IdempotentEffects } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { ConsentRecords } from '../db/consent-records.repository';
import type { Channel } from '../domain/channel';
import type { ConsentAction, ConsentPurpose } from '../domain/consent';
import { ConsentInvalid, ConsentNotOpened } from '../domain/consent-errors';
import type { ConsentRecord } from '../domain/consent-proof';
import { checkStatement, type StatedEvidence } from '../domain/consent-statement';
import { Consent } from './consent';
import { ConsentAddresses, type Person } from './consent-addresses';
import { FewAtOnce } from './few-at-once';

/** What somebody says about a person's consent. */
export interface ConsentStatement extends Person {
  readonly channel: Channel;
  readonly purpose: ConsentPurpose;
  readonly action: ConsentAction;
  readonly source?: 'api' | 'console' | undefined;
  readonly at?: Date | undefined;
  readonly evidence: StatedEvidence;
}

/** Takes down what a person said about their consent elsewhere: on a form, on the phone, on paper. */
@Injectable()
export class RecordConsent {
  /** An opt-out keeps its connection while it waits for messages that are under way, whose end needs one, too. */
  private readonly turns: FewAtOnce;

  constructor(
    private readonly effects: IdempotentEffects,
    private readonly addresses: ConsentAddresses,
    private readonly consent: Consent,
    private readonly records: ConsentRecords,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.turns = new FewAtOnce(Math.max(1, Math.floor(config.database.poolSize / 5)));
  }

  /** Throws `ConsentInvalid`, `ConsentNotOpened`, `InvalidPhoneNumber` and `ConsentContactNotFound`. */
  execute(scope: OrgScope, statement: ConsentStatement): Promise<ConsentRecord> {
    const now = this.clock.now();
    const errors = checkStatement(statement, now);
    if (errors.length > 0) throw new ConsentInvalid(errors);
    return this.turns.run(() =>
      this.effects.once({ ...scope, pool: 'service' }, () => this.record(scope, statement, now)),
    );
  }

  private async record(scope: OrgScope, statement: ConsentStatement, now: Date): Promise<ConsentRecord> {
    const { channel, purpose, action, at = now } = statement;
    const { actor, requestId } = scope;
    const line = { phone: await this.addresses.one(statement), channel, purpose };
    await this.consent.record({
      ...{ ...line, action, at },
      source: statement.source ?? (actor.type === 'user' ? 'console' : 'api'),
      evidence: { ...statement.evidence, recordedBy: { ...actor }, requestId },
    });
    if (action === 'opt_in' && !(await this.consent.isOpen(line))) throw new ConsentNotOpened();
    const written = await this.records.writtenBy(requestId, line);
    if (!written) throw new Error('what was just recorded is not there');
    return written;
  }
}
