import type { Readable } from 'node:stream';
import { Body, Controller, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { OrgScope, Uuid } from '../../../common/context';
import { CurrentScope, IdParam, QuietHeader, Route, TakesUpload, UploadedStream } from '../../../common/http';
import { FetchFromUrl } from '../app/media/fetch-from-url.use-case';
import { ReadMedia } from '../app/media/read-media.query';
import { UploadMedia } from '../app/media/upload-media.use-case';
import {
  MediaEmpty,
  MediaNotFound,
  MediaStorageUnavailable,
  MediaTooLarge,
  MediaTypeMismatch,
  MediaTypeNotAllowed,
  MediaUploadBroken,
  MediaUrlRefused,
} from '../domain/media-errors';
import { MEDIA_TYPES } from '../domain/media-type';
import { contentHeaders } from './media-headers';
import { FetchMediaDto, MediaDto, MediaLinkDto, UploadMediaQueryDto } from './media.dto';

const FILE_ERRORS = [
  new MediaEmpty(),
  new MediaTooLarge(16 * 1_048_576),
  new MediaTypeNotAllowed(),
  new MediaTypeMismatch(),
  new MediaStorageUnavailable(),
];

@ApiTags('Media')
@Controller('media')
export class MediaController {
  constructor(
    private readonly uploading: UploadMedia,
    private readonly fetching: FetchFromUrl,
    private readonly media: ReadMedia,
  ) {}

  @Route.post('', {
    summary: 'Upload a file that is to be sent',
    description:
      'Takes the file as it is, in the body, under its content type. Its first bytes must fit that. Nobody gets it yet: name its id in a message within 24 hours.',
    permission: 'messages.send',
    response: MediaDto,
    errors: [422, new MediaUploadBroken(), ...FILE_ERRORS],
    ownTransactions: true,
  })
  @TakesUpload(MEDIA_TYPES)
  upload(
    @CurrentScope() scope: OrgScope,
    @UploadedStream() content: Readable,
    @Query() { fileName = '' }: UploadMediaQueryDto,
    @QuietHeader('content-type') declaredType: string | undefined,
  ): Promise<MediaDto> {
    return this.uploading.execute(scope, { content, declaredType: declaredType ?? null, fileName });
  }

  @Route.post('from-url', {
    summary: 'Take over a file from an address on the Internet',
    description:
      'It is fetched now and kept like an upload: what is sent later is what was there. Addresses of inner networks are not fetched, nor redirects that lead there.',
    permission: 'messages.send',
    response: MediaDto,
    errors: [422, new MediaUrlRefused('not_reachable'), ...FILE_ERRORS],
    ownTransactions: true,
    idempotent: true,
  })
  fromUrl(@CurrentScope() scope: OrgScope, @Body() { url, fileName = '' }: FetchMediaDto): Promise<MediaDto> {
    return this.fetching.execute(scope, url, fileName);
  }

  @Route.get(':id', {
    summary: 'Read what is known of a file',
    description: 'With a link that opens it for at least five minutes.',
    permission: 'conversations.read',
    response: MediaDto,
    errors: [new MediaNotFound()],
  })
  read(@IdParam() id: Uuid): Promise<MediaDto> {
    return this.media.one(id);
  }

  @Route.get(':id/content', {
    summary: 'Download a file by its link',
    description:
      'The link is the right: whoever has it may read the file until it is over. Images are shown, everything else is saved.',
    public: true,
    file: 'application/octet-stream',
    errors: [422, new MediaNotFound(), new MediaStorageUnavailable()],
  })
  async content(
    @IdParam() id: Uuid,
    @Query() link: MediaLinkDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const file = await this.media.open(id, link);
    void reply.headers(contentHeaders(file));
    return new StreamableFile(file.content);
  }
}
