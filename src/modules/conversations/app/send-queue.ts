import { AsyncResource } from 'node:async_hooks';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobQueue, type OrgJobPayload } from '../../../common/jobs';
import { Clock } from '../../../common/time/clock';
import { SendTiming } from './send-timing';

export const DISPATCH = 'conversations.dispatch';
export const WAKE_DISPATCH = 'conversations.wake-dispatch';
export const RESOLVE_UNKNOWN = 'conversations.resolve-unknown';

export interface DispatchPayload extends OrgJobPayload {
  readonly connectionId: Uuid;
}

/** What waits for replies goes first; then what is left of bulk sends. */
export type DispatchKind = 'replies' | 'bulk';

export interface WakeDispatchPayload extends DispatchPayload {
  readonly kind: DispatchKind;
}

export interface ResolveUnknownPayload extends OrgJobPayload {
  readonly messageId: Uuid;
  /** How many looks came before. */
  readonly look: number;
}

const PRIORITY: Readonly<Record<DispatchKind, number>> = { replies: 0, bulk: 10 };

/** The queue finds jobs of the future once a second: for what is due sooner, this process wakes it. */
const POLLED_MS = 1_500;

/** Queues what is done about outgoing messages. */
@Injectable()
export class SendQueue implements OnApplicationShutdown {
  private readonly alarms = new Map<string, NodeJS.Timeout>();
  /** Alarms ring outside of the transaction that sets them. */
  private readonly outside = new AsyncResource('SendQueue');

  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
    private readonly timing: SendTiming,
  ) {}

  onApplicationShutdown(): void {
    for (const alarm of this.alarms.values()) clearTimeout(alarm);
    this.alarms.clear();
  }

  /**
   * What waits for this connection is handed over, as fast as its pace allows. The job bears no key: one whose key is taken by
   * another while it runs is not run again when its process dies, and nobody would ask what became of what it was sending.
   */
  dispatch(connectionId: Uuid, kind: DispatchKind = 'replies'): Promise<void> {
    return this.queue.enqueue(DISPATCH, { connectionId }, { priority: PRIORITY[kind] });
  }

  /** The same in a while; however often it is asked for meanwhile, it is one dispatch. */
  wake(connectionId: Uuid, kind: DispatchKind): Promise<void> {
    const options = { key: `wake:${kind}:${connectionId}`, priority: PRIORITY[kind] };
    return this.queue.enqueue(WAKE_DISPATCH, { connectionId, kind }, options);
  }

  /** The same at a later moment, which replaces an earlier plan: whoever plans knows of all that waits. */
  async wakeAt(connectionId: Uuid, kind: DispatchKind, at: Date): Promise<void> {
    const payload = { connectionId, kind };
    await this.queue.enqueue(WAKE_DISPATCH, payload, { ...later(payload), runAt: at });
    const delayMs = at.getTime() - this.clock.now().getTime();
    if (delayMs < POLLED_MS) this.ringIn(delayMs, this.database.tx.orgId, payload);
  }

  /** The provider is asked for the message. False when it was asked often enough. */
  async lookUp({ id }: { readonly id: Uuid }, look: number): Promise<boolean> {
    const delayMs = this.timing.lookMs[look];
    if (delayMs === undefined) return false;
    const runAt = delayMs > 0 ? { runAt: new Date(this.clock.now().getTime() + delayMs) } : {};
    await this.queue.enqueue(RESOLVE_UNKNOWN, { messageId: id, look }, runAt);
    return true;
  }

  /**
   * A last look for an unknown message of which nothing was heard for long. While the job of an earlier one is there (waiting,
   * running, or dead after all its attempts) no other is queued.
   */
  async lookAtLast({ id }: { readonly id: Uuid }): Promise<void> {
    const payload = { messageId: id, look: this.timing.lookMs.length - 1 };
    await this.queue.enqueue(RESOLVE_UNKNOWN, payload, { key: `resolve:${id}`, ifPending: 'keep' });
  }

  /** The job is in the table, and found there in any case: that it cannot be woken now delays it by a second. */
  private ringIn(delayMs: number, orgId: Uuid, payload: Waking): void {
    const name = `${orgId}:${payload.connectionId}`;
    const ring = async (): Promise<void> => {
      this.alarms.delete(name);
      await this.database
        .runInOrg(systemScope(orgId), () => this.queue.enqueue(WAKE_DISPATCH, payload, later(payload)))
        .catch(() => undefined);
    };
    clearTimeout(this.alarms.get(name));
    const set = () => setTimeout(() => void ring(), Math.max(delayMs, 0));
    this.alarms.set(name, this.outside.runInAsyncScope(set));
  }
}

type Waking = Pick<WakeDispatchPayload, 'connectionId' | 'kind'>;

/** One plan for a connection, of whatever kind. */
const later = ({ connectionId, kind }: Waking) => ({
  key: `wake:later:${connectionId}`,
  priority: PRIORITY[kind],
});
