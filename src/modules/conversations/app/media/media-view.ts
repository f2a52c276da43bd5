import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { MediaFilesRepository, type MediaRow } from '../../db/media-files.repository';
import type { MediaStatus } from '../../domain/media-file';
import { MediaLinks } from './media-links';

/** A file of a message, as members see it. */
export interface MediaView {
  readonly id: Uuid;
  readonly url: string | null;
  readonly contentType: string | null;
  readonly size: number | null;
  readonly status: MediaStatus;
  readonly errorCode: string | null;
  readonly fileName: string | null;
}

/** The same by itself. */
export interface MediaDetails extends MediaView {
  readonly direction: 'incoming' | 'outgoing';
  readonly messageId: Uuid | null;
  readonly sha256: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** Shows files, with links that open them. */
@Injectable()
export class MediaViews {
  constructor(
    private readonly database: Database,
    private readonly files: MediaFilesRepository,
    private readonly links: MediaLinks,
  ) {}

  /** The files of those messages that have any. */
  async ofMessages(messageIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, readonly MediaView[]>> {
    const views = new Map<Uuid, MediaView[]>();
    if (messageIds.length === 0) return views;
    for (const row of await this.files.ofMessages(messageIds)) {
      if (row.message_id === null) continue;
      views.set(row.message_id, [...(views.get(row.message_id) ?? []), this.view(row)]);
    }
    return views;
  }

  details(row: MediaRow): MediaDetails {
    return {
      ...this.view(row),
      direction: row.direction,
      messageId: row.message_id,
      sha256: row.sha256,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    };
  }

  private view(row: MediaRow): MediaView {
    return {
      id: row.id,
      url: row.status === 'stored' ? this.links.forMember(this.database.tx.orgId, row.id) : null,
      contentType: row.content_type ?? row.declared_type,
      size: row.size_bytes,
      status: row.status,
      errorCode: row.error_code,
      fileName: row.file_name,
    };
  }
}
