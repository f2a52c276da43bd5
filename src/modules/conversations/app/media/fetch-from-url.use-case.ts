import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config';
import type { OrgScope } from '../../../../common/context';
import { FetchFailed, FetchRefused, GuardedFetch, type Fetched } from '../../../../common/guarded-fetch';
import { MediaTooLarge, MediaUrlRefused, type MediaUrlProblem } from '../../domain/media-errors';
import type { MediaDetails } from './media-view';
import { UploadMedia } from './upload-media.use-case';

/** The caller waits for it. */
const TOTAL_MS = 20_000;

/** Takes in a file from an address on the public Internet: what is sent later is what was checked now. */
@Injectable()
export class FetchFromUrl {
  constructor(
    private readonly config: Config,
    private readonly guarded: GuardedFetch,
    private readonly upload: UploadMedia,
  ) {}

  /** Throws `MediaUrlRefused`, and what is wrong with the file. */
  async execute(scope: OrgScope, url: string, fileName: string | null): Promise<MediaDetails> {
    const { maxBytes } = this.config.media;
    try {
      const fetched = await this.guarded.get(url, {}, { maxBytes, totalMs: TOTAL_MS });
      return await this.take(scope, fetched, fileName ?? lastPart(url));
    } catch (error) {
      throw this.refusalOf(error);
    }
  }

  private async take(
    scope: OrgScope,
    { body, contentType }: Fetched,
    fileName: string | null,
  ): Promise<MediaDetails> {
    try {
      return await this.upload.execute(scope, { content: body, declaredType: contentType, fileName });
    } finally {
      body.destroy();
    }
  }

  private refusalOf(error: unknown): unknown {
    if (error instanceof FetchRefused)
      return error.code === 'too_large'
        ? new MediaTooLarge(this.config.media.maxBytes)
        : new MediaUrlRefused(PROBLEMS[error.code]);
    if (error instanceof FetchFailed)
      return new MediaUrlRefused(error.code === 'timed_out' ? 'timed_out' : 'not_reachable');
    return error;
  }
}

/** A name within and one that does not exist are told alike: nobody learns here what names there are. */
const PROBLEMS: Readonly<Record<Exclude<FetchRefused['code'], 'too_large'>, MediaUrlProblem>> = {
  url_not_allowed: 'not_allowed',
  address_not_public: 'not_reachable',
  too_many_redirects: 'too_many_redirects',
  not_found: 'not_found',
  not_permitted: 'not_found',
  not_plain: 'not_plain',
};

function lastPart(url: string): string | null {
  const part = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
