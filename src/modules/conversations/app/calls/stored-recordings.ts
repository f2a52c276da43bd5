import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { JobQueue } from '../../../../common/jobs';
import { Channels } from '../../../channels';
import { RecordingsRepository } from '../../db/calls/recordings.repository';

export const DELETE_RECORDING = 'conversations.delete-recording';

/** What follows when a voicemail is stored: the provider's copy goes, where the number is set to do so. */
@Injectable()
export class StoredRecordings {
  constructor(
    private readonly channels: Channels,
    private readonly recordings: RecordingsRepository,
    private readonly queue: JobQueue,
  ) {}

  /** In the transaction that notes a file as stored; of a file that is no voicemail nothing follows. */
  async noteStored(fileId: Uuid): Promise<void> {
    const call = await this.recordings.ofFile(fileId);
    if (!call) return;
    const { voicemailDeletedAtProvider } = await this.channels.voiceSettings(call.connectionId);
    if (voicemailDeletedAtProvider) await this.queue.enqueue(DELETE_RECORDING, { callId: call.id });
  }
}
