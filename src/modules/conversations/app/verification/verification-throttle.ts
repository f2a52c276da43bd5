import { Injectable } from '@nestjs/common';
import type { PhoneMapping } from '../../../channels';
import { PhoneVerifications, type SentCodes } from '../../db/verification/phone-verifications.repository';
import { TooManyCodes } from '../../domain/verification/verification-errors';
import { VerificationLimits } from './verification-limits';

/** How many codes are sent: for a mapping, to a number, and by an organization. */
@Injectable()
export class VerificationThrottle {
  constructor(
    private readonly verifications: PhoneVerifications,
    private readonly limits: VerificationLimits,
  ) {}

  /** The mapping is locked. Throws `TooManyCodes`. */
  async pass({ id: mappingId, phone }: PhoneMapping, now: Date): Promise<void> {
    const { perMapping, perNumber, perOrganization, hourMs, dayMs } = this.limits;
    const most: SentCodes = { mapping: perMapping, number: perNumber, organization: perOrganization };
    const [hourAgo, dayAgo] = [new Date(now.getTime() - hourMs), new Date(now.getTime() - dayMs)];
    const sent = await this.verifications.sent({ mappingId, phone }, hourAgo, dayAgo);
    for (const who of ['mapping', 'number', 'organization'] as const)
      if (sent[who] >= most[who]) throw new TooManyCodes(who);
  }
}
