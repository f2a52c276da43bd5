import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { BulkAudiences } from '../db/bulk-audiences.repository';
import { secondsFor } from '../domain/bulk-pace';
import type { SkipCounts, SkipReason } from '../domain/bulk-send';
import { BulkPlans, type BulkWish } from './bulk-plan';
import { renderFor } from './bulk-rendering';

const SAMPLES = 5;

/** What a bulk send would do if it were started now. */
export interface BulkPreview {
  readonly total: number;
  readonly sendable: number;
  readonly skipped: SkipCounts;
  readonly sample: readonly { readonly contactId: Uuid; readonly text: string | null }[];
  readonly estimatedSeconds: number;
  /** The template can be sent by this connection now, and the connection is switched on. */
  readonly canStart: boolean;
}

/** Counts whom a bulk send would reach and whom not, and shows what some of them would read. */
@Injectable()
export class PreviewBulkSend {
  constructor(
    private readonly plans: BulkPlans,
    private readonly audiences: BulkAudiences,
  ) {}

  /** Throws what {@link BulkPlans.of} throws. */
  async of(wish: BulkWish & { readonly perMinute: number | null }): Promise<BulkPreview> {
    const plan = await this.plans.of(wish);
    const counts = new Map(await this.audiences.counts(plan.audience));
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const sendable = counts.get(null) ?? 0;
    counts.delete(null);
    const chosen =
      sendable > 0 ? await this.audiences.sample(plan.audience, Math.min(SAMPLES, sendable)) : [];
    return {
      total,
      sendable,
      skipped: Object.fromEntries(counts) as Partial<Record<SkipReason, number>>,
      sample: chosen.flatMap((candidate) => {
        const rendered = renderFor(plan, candidate);
        return rendered ? [{ contactId: candidate.contactId, text: rendered.text }] : [];
      }),
      estimatedSeconds: secondsFor(sendable, plan.connection.perSecond, wish.perMinute),
      canStart: plan.template.isUsable && plan.connection.isActive,
    };
  }
}
