import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { Channels, type ConnectionSender, type ProviderContent } from '../../channels';
import type { OutgoingMessage } from '../domain/message';
import { AttachedMedia, type SentFile } from './media/attached-media';
import { VerificationCodes } from './verification/verification-codes';
import type { SendResult } from './send-result';
import { SendTiming } from './send-timing';

/** A message that was taken for sending, under the number of this attempt. */
export interface ClaimedMessage {
  readonly message: OutgoingMessage;
  /** What goes with it. */
  readonly files: readonly SentFile[];
  readonly attempt: number;
  readonly claimedAt: Date;
}

/** Hands claimed messages to the provider, several at the same time. Calls the network, so never inside a transaction. */
@Injectable()
export class HandOver {
  constructor(
    private readonly channels: Channels,
    private readonly attached: AttachedMedia,
    private readonly codes: VerificationCodes,
    private readonly timing: SendTiming,
    private readonly clock: Clock,
  ) {}

  /** What became of each. */
  async execute(
    scope: OrgScope,
    connectionId: Uuid,
    claimed: readonly ClaimedMessage[],
  ): Promise<SendResult[]> {
    const send = await this.channels.sender(scope, connectionId);
    const results: SendResult[] = [];
    const rest = claimed.values();
    const line = async (): Promise<void> => {
      for (const one of rest) results.push(await this.handOver(one, send, scope.orgId));
    };
    await Promise.all(Array.from({ length: Math.min(this.timing.atOnce, claimed.length) }, line));
    return results;
  }

  private async handOver(
    { message, files, attempt, claimedAt }: ClaimedMessage,
    send: ConnectionSender,
    orgId: Uuid,
  ): Promise<SendResult> {
    const { id: messageId, to, businessAddress: replyFrom } = message;
    // Whoever opts out waits for what is under way: what did not leave in time must not leave any more.
    if (this.clock.now().getTime() - claimedAt.getTime() > this.timing.freshMs)
      return { messageId, attempt, outcome: { kind: 'not_tried' } };
    const content = this.contentFor(message, files, orgId);
    return { messageId, attempt, outcome: await send({ messageId, to, replyFrom, ...content }) };
  }

  /** What the provider gets: a template of its own by id, everything else as it is read. */
  private contentFor(message: OutgoingMessage, files: readonly SentFile[], orgId: Uuid): ProviderContent {
    const { template } = message;
    if (template?.contentId) {
      const { contentId, variables } = template;
      return { body: null, files: [], template: { contentId, variables } };
    }
    return {
      body: this.codes.told(message, orgId),
      files: this.attached.forProvider(files, orgId),
      template: null,
    };
  }
}
