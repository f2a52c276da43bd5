import { Injectable } from '@nestjs/common';
import { Subscribe, type ListensTo } from '../../../../common/events';
import { CallReported, Channels } from '../../../channels';
import { storyOf } from '../../domain/call';
import { IncomingCalls } from './incoming-calls';
import { SpokenCalls } from './spoken-calls';

/**
 * Keeps the log of calls. Each report has it read all that was told of the call so far, so that reports come in any order and
 * number, and the same call comes out.
 */
@Injectable()
@Subscribe(CallReported, 'conversations.record-call')
export class RecordCall implements ListensTo<CallReported> {
  constructor(
    private readonly channels: Channels,
    private readonly incoming: IncomingCalls,
    private readonly spoken: SpokenCalls,
  ) {}

  async handle({ payload }: CallReported): Promise<void> {
    const { told, all } = await this.channels.callReports(payload);
    const story = storyOf(all);
    if (!told || !story) return;
    if (story.direction === 'incoming') await this.incoming.record(payload, told.providerCallId, story);
    else await this.spoken.record(payload, told, story);
  }
}
