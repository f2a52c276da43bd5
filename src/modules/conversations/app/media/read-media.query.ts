import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { newId, requestContext, type OrgScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { NothingStored } from '../../../../common/storage';
import { Tenancy } from '../../../tenancy';
import { MediaFilesRepository, type MediaRow } from '../../db/media-files.repository';
import { MediaNotFound, MediaStorageUnavailable } from '../../domain/media-errors';
import { MediaLinks, type LinkQuery } from './media-links';
import { MediaStore } from './media-store';
import { MediaViews, type MediaDetails } from './media-view';

/** A file and what is in it. */
export interface OpenedFile {
  readonly contentType: string;
  readonly size: number;
  readonly fileName: string | null;
  readonly content: Readable;
}

/** Reads files: what is known of them, and by a link what is in them. */
@Injectable()
export class ReadMedia {
  constructor(
    private readonly database: Database,
    private readonly tenancy: Tenancy,
    private readonly files: MediaFilesRepository,
    private readonly views: MediaViews,
    private readonly links: MediaLinks,
    private readonly store: MediaStore,
  ) {}

  /** Throws `MediaNotFound`. */
  async one(id: Uuid): Promise<MediaDetails> {
    const row = await this.files.find(id);
    if (!row) throw new MediaNotFound();
    return this.views.details(row);
  }

  /**
   * By a link, for whoever has it. Forged, over, of a suspended organization, gone or not there yet: all the same
   * `MediaNotFound`. The organization comes from the link, once its signature is known to be ours.
   */
  async open(id: Uuid, link: LinkQuery): Promise<OpenedFile> {
    const orgId = this.links.opens(id, link);
    if (!orgId) throw new MediaNotFound();
    const row = await this.database.runInOrg(asReader(orgId), () => this.stored(id));
    if (!row?.content_type || row.size_bytes === null) throw new MediaNotFound();
    return {
      contentType: row.content_type,
      size: row.size_bytes,
      fileName: row.file_name,
      content: await this.content(orgId, id),
    };
  }

  private async stored(id: Uuid): Promise<MediaRow | undefined> {
    if (await this.tenancy.isSuspended()) return undefined;
    const row = await this.files.find(id);
    return row?.status === 'stored' ? row : undefined;
  }

  private async content(orgId: Uuid, id: Uuid): Promise<Readable> {
    try {
      return await this.store.read(orgId, id);
    } catch (error) {
      throw error instanceof NothingStored ? new MediaNotFound() : new MediaStorageUnavailable();
    }
  }
}

/** Nobody is known; what may be read is what the link names. */
function asReader(orgId: Uuid): OrgScope {
  const requestId = requestContext()?.requestId ?? newId();
  return { orgId, actor: { type: 'system', id: null }, requestId, pool: 'app', readOnly: true };
}
