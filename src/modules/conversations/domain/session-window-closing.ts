import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/**
 * Within the hour nobody can answer a customer in free text any more, and nobody has. Told once for each session window;
 * `endsAt` is its end (ISO 8601).
 */
export class SessionWindowClosing extends DomainEvent<{
  readonly orgId: Uuid;
  readonly conversationId: Uuid;
  readonly contactId: Uuid;
  readonly endsAt: string;
}> {
  static readonly eventName = 'conversations.session-window-closing';
}
