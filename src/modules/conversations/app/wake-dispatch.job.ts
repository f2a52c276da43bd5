import { Injectable } from '@nestjs/common';
import { JobHandler, type HandlesJob } from '../../../common/jobs';
import { SendQueue, WAKE_DISPATCH, type WakeDispatchPayload } from './send-queue';

/** Has what waits for a connection sent: many who ask for it at about the same time ask once. */
@Injectable()
@JobHandler({ name: WAKE_DISPATCH, transaction: 'org' })
export class WakeDispatch implements HandlesJob<WakeDispatchPayload> {
  constructor(private readonly queue: SendQueue) {}

  handle({ connectionId, kind }: WakeDispatchPayload): Promise<void> {
    return this.queue.dispatch(connectionId, kind);
  }
}
