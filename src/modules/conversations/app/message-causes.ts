import { Injectable } from '@nestjs/common';
import { HeldMessages } from '../db/held-messages.repository';
import type { MessageCause } from '../domain/message';

/** What messages are about. Works within the transaction at hand. */
@Injectable()
export class MessageCauses {
  constructor(private readonly held: HeldMessages) {}

  /**
   * The cause is no more (an appointment was cancelled or moved): what was written for it and was not handed over yet is
   * canceled. Tells how many.
   */
  cancel(cause: MessageCause): Promise<number> {
    return this.held.cancel(cause);
  }
}
