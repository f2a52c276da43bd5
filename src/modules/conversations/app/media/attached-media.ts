import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import type { ProviderFile } from '../../../channels';
import { MediaFilesRepository, type MediaRow } from '../../db/media-files.repository';
import { MediaNotSendable } from '../../domain/media-errors';
import type { AttachedFile } from '../../domain/media-file';
import { checkCarriage, checkDistinct } from '../../domain/media-limits';
import type { MediaReference } from '../../domain/message-content';
import { MediaLinks } from './media-links';

/** A file of a message that is being sent. */
export interface SentFile extends MediaReference {
  readonly contentType: string;
  readonly name: string | null;
}

/** Files that go with messages of ours. */
@Injectable()
export class AttachedMedia {
  constructor(
    private readonly files: MediaFilesRepository,
    private readonly links: MediaLinks,
  ) {}

  /** Locks uploads that are to go with one message, in the transaction that writes it. Throws `MediaNotSendable`. */
  async take(ids: readonly Uuid[], channel: 'whatsapp' | 'sms' | 'voice'): Promise<readonly AttachedFile[]> {
    if (ids.length === 0) return [];
    checkDistinct(ids);
    const rows = new Map((await this.files.lock(ids)).map((row) => [row.id, row]));
    const files = ids.map((id, i) => sendable(rows.get(id), `mediaIds.${i}`));
    checkCarriage(channel, files);
    return files;
  }

  /** They belong to the message from now on. */
  async attach(messageId: Uuid, files: readonly MediaReference[]): Promise<void> {
    if (files.length > 0)
      await this.files.attach(
        messageId,
        files.map(({ id }) => id),
      );
  }

  /** What goes with messages, by their ids. Asks for nothing where nothing does. */
  async of(messages: readonly WithFiles[]): Promise<ReadonlyMap<Uuid, readonly SentFile[]>> {
    const ids = messages.flatMap(({ media }) => media.map(({ id }) => id));
    if (ids.length === 0) return new Map();
    const rows = new Map((await this.files.describe(ids)).map((row) => [row.id, row]));
    return new Map(
      messages.map(({ id, media }) => [id, media.map((file) => rows.get(file.id) ?? unknownFile(file))]),
    );
  }

  /** Where the provider fetches them. */
  forProvider(files: readonly SentFile[], orgId: Uuid): ProviderFile[] {
    return files.map(({ id, contentType, name }) => ({
      url: this.links.forProvider(orgId, id),
      contentType,
      name,
    }));
  }
}

/** A message, as far as files go with it. */
interface WithFiles {
  readonly id: Uuid;
  readonly media: readonly MediaReference[];
}

/** It was deleted since: the provider will not find it either. */
function unknownFile({ id }: MediaReference): SentFile {
  return { id, contentType: 'application/octet-stream', name: null };
}

function sendable(row: MediaRow | undefined, field: string): AttachedFile {
  if (!row) throw new MediaNotSendable(field, 'unknown', 'there is no uploaded file with this id');
  if (row.message_id !== null)
    throw new MediaNotSendable(field, 'sent_before', 'this file belongs to another message: upload it again');
  const { id, status, content_type: contentType, size_bytes: size, sha256 } = row;
  if (status !== 'stored' || contentType === null || size === null || sha256 === null)
    throw new MediaNotSendable(field, 'not_stored', 'this file has not arrived yet');
  return { id, contentType, size, sha256 };
}
