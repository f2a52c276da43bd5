import type { Channel } from './channel';

/** Which sent messages to look for. */
export interface SentQuery {
  readonly channel: Channel;
  readonly from: string;
  readonly fromNumberId: string | null;
  /** The number of ours that the person wrote to, where a connection can have several. */
  readonly replyFrom?: string | null;
  readonly to: string;
  /** Messages made before this are left out. */
  readonly since: Date;
}
