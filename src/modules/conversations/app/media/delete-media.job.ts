import { Injectable } from '@nestjs/common';
import { asUuid } from '../../../../common/context';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../../common/jobs';
import { MediaStore } from './media-store';

/** A file whose row is gone. */
export interface DeleteMediaPayload extends OrgJobPayload {
  readonly mediaId: string;
}

/** Takes out of the storage what was deleted. The database queues it with whatever deletes a row of `media_files`. */
@Injectable()
@JobHandler({ name: 'conversations.delete-media', transaction: 'own', maxAttempts: 25 })
export class DeleteMedia implements HandlesJob<DeleteMediaPayload> {
  constructor(private readonly store: MediaStore) {}

  handle({ orgId, mediaId }: DeleteMediaPayload): Promise<void> {
    return this.store.forget(asUuid(orgId), asUuid(mediaId));
  }
}
