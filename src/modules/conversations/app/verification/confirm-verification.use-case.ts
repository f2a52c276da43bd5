import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { constantTimeEqual } from '../../../../common/crypto';
import { Database } from '../../../../common/database';
import { Clock } from '../../../../common/time/clock';
import { Mappings } from '../../../channels';
import { PhoneVerifications } from '../../db/verification/phone-verifications.repository';
import { CodeWrong, NoCodeOpen } from '../../domain/verification/verification-errors';
import { VerificationCodes } from './verification-codes';
import { VerificationLimits } from './verification-limits';

/** A number whose person proved that it is theirs. */
export interface VerifiedNumber {
  readonly mappingId: Uuid;
  readonly verifiedAt: Date;
}

/** Takes the code that a person got. */
@Injectable()
export class ConfirmVerification {
  constructor(
    private readonly database: Database,
    private readonly mappings: Mappings,
    private readonly verifications: PhoneVerifications,
    private readonly codes: VerificationCodes,
    private readonly limits: VerificationLimits,
    private readonly clock: Clock,
  ) {}

  /** Every attempt counts, and is committed before the answer. Throws `MappingNotFound`, `NoCodeOpen` and `CodeWrong`. */
  async execute(scope: OrgScope, mappingId: Uuid, code: string): Promise<VerifiedNumber> {
    const outcome = await this.database.runInOrg({ ...scope, pool: 'service' }, () =>
      this.attempt(scope.orgId, mappingId, code),
    );
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  private async attempt(
    orgId: Uuid,
    mappingId: Uuid,
    code: string,
  ): Promise<VerifiedNumber | NoCodeOpen | CodeWrong> {
    await this.mappings.lock(mappingId);
    const now = this.clock.now();
    const open = await this.verifications.attempt(mappingId, now, this.limits.attempts);
    if (!open) return new NoCodeOpen();
    if (!constantTimeEqual(code, this.codes.of(orgId, open.id)))
      return new CodeWrong(this.limits.attempts - open.attempts);
    await this.verifications.confirm(open.id);
    await this.mappings.verified(mappingId, now);
    return { mappingId, verifiedAt: now };
  }
}
