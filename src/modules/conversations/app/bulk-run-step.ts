import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { RuleError } from '../../../common/errors';
import { EventBus } from '../../../common/events';
import { Clock } from '../../../common/time/clock';
import { Tenancy } from '../../tenancy';
import { BulkAudiences } from '../db/bulk-audiences.repository';
import { BulkMessages } from '../db/bulk-messages.repository';
import { BulkSends, type BulkSendRow } from '../db/bulk-sends.repository';
import { fedUntilAfter, roomFor, type Feeding } from '../domain/bulk-pace';
import { afterProblem, type BulkSendProblem, type SkipCounts } from '../domain/bulk-send';
import { BulkSendCompleted } from '../domain/bulk-send-completed';
import { BulkBatch } from './bulk-batch';
import { BulkPlans, type BulkPlan } from './bulk-plan';
import { BulkRunQueue } from './bulk-run-queue';
import { BulkTiming } from './bulk-timing';
import { SendQueue } from './send-queue';

/** One step of the run of a bulk send, in the transaction at hand, which holds its lock: pausing and cancelling wait for it. */
@Injectable()
export class BulkRunStep {
  constructor(
    private readonly database: Database,
    private readonly tenancy: Tenancy,
    private readonly plans: BulkPlans,
    private readonly bulkSends: BulkSends,
    private readonly audiences: BulkAudiences,
    private readonly messages: BulkMessages,
    private readonly batches: BulkBatch,
    private readonly runs: BulkRunQueue,
    private readonly queue: SendQueue,
    private readonly events: EventBus,
    private readonly timing: BulkTiming,
    private readonly clock: Clock,
  ) {}

  /** True when the next step can follow at once. Otherwise it has ended, or a later run is queued. */
  async take(id: Uuid): Promise<boolean> {
    const found = await this.bulkSends.lock(id);
    if (found?.status !== 'running' && found?.status !== 'scheduled') return false;
    const now = this.clock.now();
    if (found.sendAt && found.sendAt > now) return this.again(id, found.sendAt);
    const plan = await this.planOf(found);
    if (typeof plan === 'string') return this.stop(id, plan);
    const begun = found.startedAt ? found : await this.begin(found, plan, now);
    if (begun.walkedAll) return this.end(begun, now);
    return this.feed(begun, plan, now);
  }

  /** Its job failed too often. */
  async fail(id: Uuid): Promise<void> {
    const found = await this.bulkSends.lock(id);
    if (found?.status === 'running' || found?.status === 'scheduled') await this.stop(id, 'internal_error');
  }

  /** It cannot go on: what waits is held, or ends with it. */
  private async stop(id: Uuid, problem: BulkSendProblem): Promise<false> {
    const status = afterProblem(problem);
    await (status === 'paused' ? this.messages.hold(id) : this.messages.cancel(id));
    await this.bulkSends.enter(id, status, problem);
    return false;
  }

  private async planOf(bulkSend: BulkSendRow): Promise<BulkPlan | BulkSendProblem> {
    if (await this.tenancy.isSuspended()) return 'organization_suspended';
    const { connectionId, templateId } = bulkSend;
    if (!connectionId) return 'connection_gone';
    if (!templateId) return 'template_not_usable';
    try {
      const plan = await this.plans.of({ ...bulkSend, connectionId, templateId });
      if (!plan.connection.isActive) return 'connection_inactive';
      return plan.template.isUsable ? plan : 'template_not_usable';
    } catch (error) {
      // The template has other variables by now, or a field of contacts is gone.
      if (error instanceof RuleError) return 'template_not_usable';
      throw error;
    }
  }

  private async begin(bulkSend: BulkSendRow, { audience }: BulkPlan, now: Date): Promise<BulkSendRow> {
    const total = await this.audiences.size(audience.filter, now);
    await this.bulkSends.begin(bulkSend.id, total, now);
    return { ...bulkSend, status: 'running', total, startedAt: now };
  }

  private async feed(bulkSend: BulkSendRow, plan: BulkPlan, now: Date): Promise<boolean> {
    const { id, perMinute, fedUntil } = bulkSend;
    const feeding: Feeding = { waiting: await this.messages.countQueued(id), perMinute, fedUntil, now };
    const room = roomFor(feeding);
    const soon = new Date(now.getTime() + this.timing.feedAgainMs);
    if (room === 0) return this.again(id, fedUntil && fedUntil > soon ? fedUntil : soon);
    const fed = await this.batches.feed(bulkSend, plan, room);
    await this.bulkSends.advance(id, {
      walked: bulkSend.walked + fed.walked,
      walkedTo: fed.walkedTo,
      walkedAll: fed.walkedAll,
      skipped: sumOf(bulkSend.skipped, fed.skipped),
      fedUntil: fed.queued > 0 ? fedUntilAfter(fed.queued, feeding) : fedUntil,
    });
    if (fed.queued > 0) await this.queue.wake(plan.connection.id, 'bulk');
    return true;
  }

  /** Everybody was looked at. */
  private async end({ id }: BulkSendRow, now: Date): Promise<false> {
    const left = await this.messages.onTheWay(id);
    if (left) {
      const inMs = left === 'held' ? this.timing.heldMs : this.timing.tailMs;
      return this.again(id, new Date(now.getTime() + inMs));
    }
    await this.bulkSends.enter(id, 'completed');
    await this.events.publish(new BulkSendCompleted({ orgId: this.database.tx.orgId, bulkSendId: id }));
    return false;
  }

  private async again(id: Uuid, at: Date): Promise<false> {
    await this.runs.run(id, at);
    return false;
  }
}

function sumOf(before: SkipCounts, now: SkipCounts): SkipCounts {
  const sum: Record<string, number> = { ...before };
  for (const [reason, count] of Object.entries(now)) sum[reason] = (sum[reason] ?? 0) + count;
  return sum;
}
