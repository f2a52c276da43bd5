import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { AUTHOR_TYPES, MESSAGE_STATUSES, type AuthorType, type MessageStatus } from '../domain/message';

/** What to say. */
export class SendMessageDto {
  /** 1 to 1,600 characters; sent as it is. @example "Friday at ten is free. Shall I book it?" */
  @IsString()
  text!: string;
}

/** A file that came with a message. */
export class MediaDto {
  /** Where the provider keeps it. @example "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages/MM00000000000000000000000000000001/Media/ME00000000000000000000000000000001" */
  url!: string;
  /** @example "image/jpeg" */
  contentType!: string;
}

/** Who wrote a message. */
export class AuthorDto {
  @ApiProperty({ enum: AUTHOR_TYPES, example: 'user' })
  type!: AuthorType;
  /** Id of the contact, user or API key; null for the system. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  id!: string | null;
}

/** One message. */
export class MessageDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e1" */
  id!: string;
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0f1" */
  conversationId!: string;
  @ApiProperty({ enum: ['incoming', 'outgoing'], example: 'outgoing' })
  direction!: 'incoming' | 'outgoing';
  @ApiProperty({
    enum: ['reply', 'consent_reply'],
    example: 'reply',
    description: '`consent_reply`: the one answer to an opt-out, opt-in or help word.',
  })
  purpose!: 'reply' | 'consent_reply';
  @ApiProperty({
    enum: MESSAGE_STATUSES,
    example: 'delivered',
    description:
      '`received` for incoming ones. `unknown`: the answer of the provider was lost; it is being asked, and the message is never sent twice.',
  })
  status!: MessageStatus;
  /** Why it failed, or why it waits; null otherwise. `provider_<number>` where only the provider has a word for it. @example "outside_window" */
  errorCode!: string | null;
  /** Null for a message without text. @example "Friday at ten is free. Shall I book it?" */
  text!: string | null;
  @ApiProperty({ type: [MediaDto], example: [] })
  media!: MediaDto[];
  author!: AuthorDto;
  /** The message that it answers, for a `consent_reply`; null otherwise. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e0" */
  inReplyTo!: string | null;
  /** The provider's id, once it is known. @example "SM00000000000000000000000000000001" */
  providerMessageId!: string | null;
  /** @example "2026-01-05T10:00:05.000Z" */
  createdAt!: Date;
  /** When its status last changed. @example "2026-01-05T10:00:06.000Z" */
  updatedAt!: Date;
}
