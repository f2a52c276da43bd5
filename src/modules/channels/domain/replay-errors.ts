import { Conflict } from '../../../common/errors';

/** It was not taken in: nobody vouches for it, so nothing may come of it now either. */
export class WebhookNotVerified extends Conflict {
  readonly code = 'webhook_not_verified';
  constructor() {
    super('This delivery was refused, and is not replayed.');
  }
}

/** The person that it speaks of was erased: there is nothing left to work off. */
export class WebhookErased extends Conflict {
  readonly code = 'webhook_erased';
  constructor() {
    super('The person in this delivery was erased, and the delivery with them.');
  }
}

/** It was taken in before the log named connection and event. */
export class WebhookNotReplayable extends Conflict {
  readonly code = 'webhook_not_replayable';
  constructor() {
    super('This delivery is older than what a replay needs to know of it.');
  }
}
