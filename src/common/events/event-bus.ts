import { Injectable, SetMetadata, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { JobQueue, JobRegistry, type HandlesJob, type JobRun } from '../jobs';
import type { DomainEvent, EventClass } from './domain-event';

const SUBSCRIBER = 'frontdesk:subscriber';

interface Subscription {
  readonly event: EventClass;
  readonly name: string;
  readonly transaction: 'org' | 'own';
}

/** A class that listens to one kind of event; idempotent, like every job handler. */
export interface ListensTo<E extends DomainEvent> {
  handle(event: E, run: JobRun): Promise<void>;
}

/**
 * Marks an injectable class as a listener. `name` is `module.what-it-does`. Each listener gets a job of its own, so that one
 * that fails is tried again alone.
 */
export function Subscribe<E extends DomainEvent>(
  event: EventClass<E>,
  name: string,
  { transaction = 'org' }: { transaction?: 'org' | 'own' } = {},
): ClassDecorator {
  return SetMetadata(SUBSCRIBER, { event, name, transaction });
}

/** Tells news: one job per listener, queued in the transaction of what happened. */
@Injectable()
export class EventBus implements OnModuleInit {
  private readonly listeners = new Map<string, string[]>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly registry: JobRegistry,
    private readonly queue: JobQueue,
  ) {}

  onModuleInit(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (!metatype || !instance) continue;
      const subscription = this.reflector.get<Subscription | undefined>(SUBSCRIBER, metatype);
      if (subscription) this.listen(subscription, instance as ListensTo<DomainEvent>);
    }
  }

  /** Publishes `event` in the transaction at hand. */
  async publish(event: DomainEvent): Promise<void> {
    const { eventName } = event.constructor as EventClass;
    for (const job of this.listeners.get(eventName) ?? []) await this.queue.enqueue(job, event.payload);
  }

  private listen({ event, name, transaction }: Subscription, listener: ListensTo<DomainEvent>): void {
    const job = `${event.eventName}>${name}`;
    const handler: HandlesJob<DomainEvent['payload']> = {
      handle: (payload, run) => listener.handle(new event(payload), run),
    };
    this.registry.add({ name: job, transaction }, handler);
    this.listeners.set(event.eventName, [...(this.listeners.get(event.eventName) ?? []), job]);
  }
}
