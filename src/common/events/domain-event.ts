/** What every event carries: whose news it is. Ids only, never content. */
export interface EventPayload {
  readonly orgId: string;
}

/**
 * Something that happened, told upwards: a module publishes it, modules above listen. A subclass states its name once:
 *
 *     class MessageReceived extends DomainEvent<{ orgId: Uuid; messageId: Uuid }> {
 *       static readonly eventName = 'conversations.message-received';
 *     }
 */
export abstract class DomainEvent<Payload extends EventPayload = EventPayload> {
  constructor(readonly payload: Payload) {}
}

/** The class of an event. */
export interface EventClass<E extends DomainEvent = DomainEvent> {
  readonly eventName: string;
  new (payload: E['payload']): E;
}
