import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQueryDto } from '../../../common/http';
import { CHANNELS, type Channel } from '../../channels';
import { MESSAGE_STATUSES, type MessageStatus } from '../domain/message';
import { REPLY_REFUSALS, type ReplyRefusal } from '../domain/reply-rules';

const CONVERSATION_STATUSES = ['open', 'pending', 'resolved', 'snoozed'] as const;

/** Which conversations are wanted. */
export class ConversationsQueryDto extends PageQueryDto {
  /** Only those with this status. */
  @ApiProperty({ enum: CONVERSATION_STATUSES, required: false, example: 'open' })
  @IsOptional()
  @IsIn(CONVERSATION_STATUSES)
  status?: (typeof CONVERSATION_STATUSES)[number];

  /** Only those of this member. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  @IsOptional()
  @IsUUID()
  assigneeId?: string;

  /** Only those held on this connection. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  @IsOptional()
  @IsUUID()
  connectionId?: string;

  /** Only those with this contact. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  @IsOptional()
  @IsUUID()
  contactId?: string;
}

/** Who a conversation is with. */
export class ConversationContactDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  id!: string;
  /** @example "Ada Example" */
  name!: string | null;
  /** E.164; null for a person who shows no number. @example "+4915112345678" */
  phone!: string | null;
}

/** The business number that a conversation is held on. */
export class ConversationConnectionDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  id!: string;
  /** @example "Front desk" */
  friendlyName!: string;
  @ApiProperty({ enum: CHANNELS, example: 'whatsapp' })
  channel!: Channel;
  /** E.164, or a short code. @example "+14155238886" */
  address!: string;
  /** @example true */
  isActive!: boolean;
}

/** The newest message of a conversation, shortened. */
export class LastMessageDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e1" */
  id!: string;
  @ApiProperty({ enum: ['incoming', 'outgoing'], example: 'incoming' })
  direction!: 'incoming' | 'outgoing';
  @ApiProperty({ enum: MESSAGE_STATUSES, example: 'received' })
  status!: MessageStatus;
  /** The first 160 characters; null for a message without text. @example "Is Friday free?" */
  preview!: string | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
}

/** The thread with one contact on one connection. */
export class ConversationDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0f1" */
  id!: string;
  @ApiProperty({ enum: CONVERSATION_STATUSES, example: 'open' })
  status!: (typeof CONVERSATION_STATUSES)[number];
  @ApiProperty({ enum: ['assistant', 'human'], example: 'human' })
  answeredBy!: 'assistant' | 'human';
  /** The member who takes care of it. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  assigneeId!: string | null;
  contact!: ConversationContactDto;
  @ApiProperty({
    type: ConversationConnectionDto,
    nullable: true,
    description: 'Null when the number was removed.',
  })
  connection!: ConversationConnectionDto | null;
  /** The number of ours that the customer wrote to last, one of several where the connection is a Messaging Service. @example "+14155238886" */
  businessAddress!: string | null;
  @ApiProperty({ type: LastMessageDto, nullable: true })
  lastMessage!: LastMessageDto | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  lastMessageAt!: Date;
  /** Until when free text may be sent on WhatsApp; null on channels without such a window. @example "2026-01-06T10:00:00.000Z" */
  sessionWindowEndsAt!: Date | null;
  @ApiProperty({
    enum: [...REPLY_REFUSALS, null],
    nullable: true,
    description: 'Why no free text can be sent now; null when it can.',
    example: null,
  })
  cannotReplyBecause!: ReplyRefusal | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
}
