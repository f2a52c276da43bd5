import type { Uuid } from '../../../common/context';
import type { SendOutcome } from '../../channels';

/** What became of one attempt to send. `not_tried`: it was claimed and not handed over. */
export interface SendResult {
  readonly messageId: Uuid;
  readonly attempt: number;
  readonly outcome: SendOutcome | { readonly kind: 'not_tried' };
}
