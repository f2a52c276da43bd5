import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type Uuid } from '../../../../common/context';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../../common/jobs';
import { Channels } from '../../../channels';
import { DELETE_ERASED_RECORDING } from '../../db/calls/call-contact-data';

export interface DeleteErasedRecordingPayload extends OrgJobPayload {
  readonly connectionId: Uuid;
  readonly recordingId: string;
}

/** Deletes what somebody who was erased said at the provider. While it does not answer, it is tried again. */
@Injectable()
@JobHandler({ name: DELETE_ERASED_RECORDING, transaction: 'own' })
export class DeleteErasedRecording implements HandlesJob<DeleteErasedRecordingPayload> {
  constructor(private readonly channels: Channels) {}

  async handle(payload: DeleteErasedRecordingPayload): Promise<void> {
    const scope = systemScope(asUuid(payload.orgId), asUuid(payload.requestId));
    await this.channels.deleteRecording(scope, payload.connectionId, payload.recordingId);
  }
}
