import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, IsUrl, MaxLength } from 'class-validator';
import { MEDIA_STATUSES, type MediaStatus } from '../domain/media-file';

/** A file of a message. */
export class MessageMediaDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa1f1" */
  id!: string;
  /** Opens the file for at least five minutes, to whoever has it; null as long as it is not stored. @example "https://frontdesk.example.com/api/v1/media/0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa1f1/content?org=0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1&expires=1767607500&signature=q83v" */
  url!: string | null;
  /** What it is by its content; as long as it is not stored, what it is said to be. @example "image/jpeg" */
  contentType!: string | null;
  /** In bytes. @example 48213 */
  size!: number | null;
  @ApiProperty({
    enum: MEDIA_STATUSES,
    example: 'stored',
    description:
      '`pending`: on its way. `refused`: it is not taken (`errorCode` says why). `failed`: it could not be had.',
  })
  status!: MediaStatus;
  /** Why it was refused or failed; null otherwise. @example "media_type_mismatch" */
  errorCode!: string | null;
  /** @example "price-list.pdf" */
  fileName!: string | null;
}

/** A file by itself. */
export class MediaDto extends MessageMediaDto {
  @ApiProperty({ enum: ['incoming', 'outgoing'], example: 'outgoing' })
  direction!: 'incoming' | 'outgoing';
  /** The message that it belongs to; null until it is sent. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e1" */
  messageId!: string | null;
  /** Of its content, in hex. @example "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9" */
  sha256!: string | null;
  /** @example "2026-01-05T10:00:05.000Z" */
  createdAt!: Date;
  /** When it goes, unless it is sent before. @example "2026-01-06T10:00:05.000Z" */
  expiresAt!: Date | null;
}

/** How a file is called. */
export class UploadMediaQueryDto {
  /** @example "price-list.pdf" */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  fileName?: string;
}

/** Where a file is. */
export class FetchMediaDto {
  /** An `https://` address on the public Internet, which anybody may read. @example "https://www.example.com/price-list.pdf" */
  @IsUrl(
    { protocols: ['https'], require_protocol: true },
    { message: 'url must be an https:// address of a host on the public Internet' },
  )
  @MaxLength(2048)
  url!: string;
  /** How it is to be called; otherwise as in the address. @example "price-list.pdf" */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  fileName?: string;
}

/** What makes a link. */
export class MediaLinkDto {
  /** The organization whose file it is. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  @IsOptional()
  @IsString()
  org?: string;
  /** When the link ends, in seconds since 1970. @example "1767607500" */
  @IsOptional()
  @IsString()
  expires?: string;
  /** Of all of that; nobody else can make it. @example "q83v" */
  @IsOptional()
  @IsString()
  signature?: string;
}
