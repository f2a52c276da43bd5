import { Injectable } from '@nestjs/common';
import { SharedDeliveries } from '../../db/shared-numbers/shared-deliveries.repository';
import type { ConnectionRow } from '../../db/connections.repository';
import type { MarketingPreference } from '../../domain/provider-news';
import { Consent } from '../consent';

/** `recorded`, or why nothing is. */
export type PreferenceEffect = 'recorded' | 'marketing_resumed' | 'unknown_preference';

/**
 * A person told the provider whether they want offers of this business. That they want none is an opt-out of marketing. That they
 * want some again is no consent by itself: nobody showed them what they agree to, and they may have opted out otherwise.
 */
@Injectable()
export class ReceivePreference {
  constructor(
    private readonly consent: Consent,
    private readonly shared: SharedDeliveries,
  ) {}

  /** In the transaction at hand. */
  async execute(
    { id, channel, routing }: Pick<ConnectionRow, 'id' | 'channel' | 'routing'>,
    { preferenceId, from, wish, saidAt }: MarketingPreference,
  ): Promise<PreferenceEffect> {
    if (wish === null) return 'unknown_preference';
    if (wish === 'resume') return 'marketing_resumed';
    const purpose = 'marketing';
    if (routing === 'shared') {
      const told = {
        action: 'opt_out',
        purpose,
        source: 'provider',
        messageId: preferenceId,
        saidAt,
      } as const;
      for (const person of from)
        await this.shared.tell(id, await this.shared.candidates(id, person, null), { from: person, ...told });
      return 'recorded';
    }
    await this.consent.recordAll(
      from.map(({ address: phone }) => ({
        ...{ phone, channel, purpose, action: 'opt_out', source: 'provider' },
        evidence: { messageId: preferenceId },
        at: saidAt,
      })),
    );
    return 'recorded';
  }
}
