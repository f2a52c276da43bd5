import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../../common/jobs';
import { Clock } from '../../../../common/time/clock';
import { Channels } from '../../../channels';
import { RecordingsRepository } from '../../db/calls/recordings.repository';
import { DELETE_RECORDING } from './stored-recordings';

export interface DeleteRecordingPayload extends OrgJobPayload {
  readonly callId: Uuid;
}

/** Deletes a voicemail at the provider, of which there is a copy here. While the provider does not answer, it is tried again. */
@Injectable()
@JobHandler({ name: DELETE_RECORDING, transaction: 'own' })
export class DeleteRecordingAtProvider implements HandlesJob<DeleteRecordingPayload> {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly recordings: RecordingsRepository,
    private readonly clock: Clock,
  ) {}

  async handle({ orgId, requestId, callId }: DeleteRecordingPayload): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    const found = await this.database.runInOrg(scope, () => this.recordings.atProvider(callId));
    if (!found) return;
    await this.channels.deleteRecording(scope, found.connectionId, found.recordingId);
    await this.database.runInOrg(scope, () => this.recordings.noteDeleted(callId, this.clock.now()));
  }
}
