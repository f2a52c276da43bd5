import { Injectable } from '@nestjs/common';
import type { OrgScope } from '../../../../common/context';
import { Clock } from '../../../../common/time/clock';
import { WebhookReplays, type ReplayableRow } from '../../db/webhook-record/webhook-replays.repository';
import { WebhookErased, WebhookNotReplayable, WebhookNotVerified } from '../../domain/replay-errors';

/** A delivery, and the one that is worked off for it: a duplicate replays what it repeats. */
export interface Replay {
  readonly asked: ReplayableRow;
  readonly target: ReplayableRow;
}

/** What deliveries have in common when they are replayed, be it one or a thousand. */
@Injectable()
export class WebhookReplaying {
  constructor(
    private readonly replays: WebhookReplays,
    private readonly clock: Clock,
  ) {}

  /** Finds for each what is to be worked off. Of a duplicate whose original has expired it is the duplicate itself. */
  async aimAt(rows: readonly ReplayableRow[]): Promise<Replay[]> {
    const duplicates = rows.filter((row) => row.is_duplicate);
    const originals = duplicates.length > 0 ? await this.replays.originalsOf(duplicates) : [];
    const byEvent = new Map(originals.map((row) => [row.event_row_id, row]));
    return rows.map((asked) => ({
      asked,
      target: (asked.is_duplicate ? byEvent.get(asked.event_row_id) : undefined) ?? asked,
    }));
  }

  /** Queues the work and notes who wanted it. An event that is asked for twice is worked off once. */
  async carryOut(replays: readonly Replay[], { actor }: OrgScope): Promise<void> {
    if (replays.length === 0) return;
    const targets = new Map(replays.map(({ target }) => [target.event_row_id, target]));
    await this.replays.queue([...targets.values()]);
    await this.replays.note(
      replays.map(({ asked }) => asked),
      actor.id,
      this.clock.now(),
    );
  }
}

/** Why a delivery is not replayed; undefined when it is. What was refused has no event: nobody vouched for it. */
export function obstacleTo({ asked, target }: Replay): Error | undefined {
  if (asked.event_row_id === null)
    return asked.signature_verified ? new WebhookNotReplayable() : new WebhookNotVerified();
  if (target.is_erased) return new WebhookErased();
  return undefined;
}
