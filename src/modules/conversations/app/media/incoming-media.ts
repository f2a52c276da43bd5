import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../../common/context';
import { JobQueue } from '../../../../common/jobs';
import type { InboundMessage } from '../../../channels';
import { MediaFilesRepository } from '../../db/media-files.repository';
import type { MediaReference } from '../../domain/message-content';
import { FETCH_MEDIA, fetchKey } from './fetch-media.job';

/** A customer's file, with the id that it has from now on. */
type NamedFile = InboundMessage['media'][number] & MediaReference;

/** Gives customers' files ids. */
export function namedFiles({ media }: InboundMessage): NamedFile[] {
  return media.map((file) => ({ ...file, id: newId() }));
}

/** Files that came with a customer's message: each is fetched by a job of its own. */
@Injectable()
export class IncomingMedia {
  constructor(
    private readonly files: MediaFilesRepository,
    private readonly queue: JobQueue,
  ) {}

  /** In the transaction that stores the message, after it. */
  async expect(messageId: Uuid, files: readonly NamedFile[]): Promise<void> {
    if (files.length === 0) return;
    await this.files.insertIncoming(messageId, files);
    for (const { id } of files) await this.queue.enqueue(FETCH_MEDIA, { mediaId: id }, { key: fetchKey(id) });
  }
}
