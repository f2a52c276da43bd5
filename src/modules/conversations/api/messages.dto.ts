import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { Uuid } from '../../../common/context';
import { IsInstant } from '../../../common/http';
import { TEXT_CHANNELS, type TextChannel } from '../app/contact-threads';
import {
  AUTHOR_TYPES,
  MESSAGE_HOLDS,
  MESSAGE_PURPOSES,
  MESSAGE_STATUSES,
  type AuthorType,
  type MessageHold,
  type MessagePurpose,
  type MessageStatus,
} from '../domain/message';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../domain/message-content';
import { MOST_FILES } from '../domain/media-limits';
import { MessageMediaDto } from './media.dto';

/** What a message is about, in the words of whoever sends it. */
export class MessageCauseDto {
  /** @example "appointment" */
  @IsString()
  @Length(1, 64)
  type!: string;
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0a7" */
  @IsString()
  @Length(1, 128)
  id!: string;
}

/** A template, and what it is to be filled in with. */
export class TemplateChoiceDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0f7" */
  @ApiProperty({ type: String, format: 'uuid' })
  @IsUUID()
  id!: Uuid;

  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'string', maxLength: 1600 },
    required: false,
    description: 'A text for each variable of the template, and for nothing else.',
    example: { name: 'Ada' },
  })
  @ValidateIf((_, value) => value !== undefined)
  @IsObject()
  variables?: Record<string, unknown>;
}

/** What to say: a text, or a template. */
export class SendMessageDto {
  /** 1 to 1,600 characters; sent as it is. May be left out where a template or files say something. @example "Friday at ten is free. Shall I book it?" */
  @ApiProperty({ required: false })
  @ValidateIf(
    ({ template, text, mediaIds }: SendMessageDto) =>
      text !== undefined || (template === undefined && !mediaIds?.length),
  )
  @IsString()
  text?: string;

  @ApiProperty({
    type: TemplateChoiceDto,
    required: false,
    description:
      'In place of a text. Outside of the 24 hours after a message of the customer, WhatsApp takes nothing but a template that is approved.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => TemplateChoiceDto)
  template?: TemplateChoiceDto;

  /** Uploaded files that go with it: one on WhatsApp, up to ten by SMS. @example ["0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa1f1"] */
  @IsOptional()
  @IsUUID(undefined, { each: true })
  @ArrayMaxSize(MOST_FILES)
  mediaIds?: string[];

  /** When to send it, with its zone, within a year; at once when it is left out. The message is `held` until then, can be canceled, and goes out within a minute of its time. @example "2026-01-05T14:00:00.000Z" */
  @IsOptional()
  @IsInstant()
  sendAt?: Date;

  @ApiProperty({
    type: MessageCauseDto,
    required: false,
    description:
      'What it is about: when that is cancelled, so is the message, as long as it was not handed over.',
  })
  @IsOptional()
  @ValidateNested()
  @Type(() => MessageCauseDto)
  cause?: MessageCauseDto;
}

/** What to say to a contact, wherever that is best said. */
export class WriteToContactDto extends SendMessageDto {
  @ApiProperty({ type: String, format: 'uuid', example: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0a7' })
  @IsUUID()
  contactId!: Uuid;

  @ApiProperty({
    enum: TEXT_CHANNELS,
    required: false,
    example: 'sms',
    description:
      'Left out: the primary channel of their number, if there is a connection for it; else where they were last.',
  })
  @IsOptional()
  @IsIn(TEXT_CHANNELS)
  channel?: TextChannel;
}

/** How many messages were canceled. */
export class CanceledMessagesDto {
  /** @example 1 */
  canceled!: number;
}

/** The template that a message was made of. */
export class UsedTemplateDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0f7" */
  templateId!: string;
  /** @example { "name": "Ada" } */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { name: 'Ada' } })
  variables!: Readonly<Record<string, string>>;
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
    enum: MESSAGE_PURPOSES,
    example: 'reply',
    description:
      '`consent_reply`: the one answer to an opt-out, opt-in or help word. `bulk`: one of many, to a segment of contacts.',
  })
  purpose!: MessagePurpose;
  @ApiProperty({
    enum: CONSENT_PURPOSES,
    example: 'transactional',
    description: 'What the person must have consented to.',
  })
  consentPurpose!: ConsentPurpose;
  @ApiProperty({
    enum: MESSAGE_STATUSES,
    example: 'delivered',
    description:
      '`received` for incoming ones. `held`: it waits for `heldUntil`. `unknown`: the answer of the provider was lost; it is being asked, and the message is never sent twice.',
  })
  status!: MessageStatus;
  /** Why it failed, or why it waits; null otherwise. `provider_<number>` where only the provider has a word for it. @example "outside_window" */
  errorCode!: string | null;
  /** How many SMS it was sent and is paid as; null where it was not, and on other channels. @example 2 */
  segments!: number | null;
  /** Null for a message without text. @example "Friday at ten is free. Shall I book it?" */
  text!: string | null;
  @ApiProperty({ type: [MessageMediaDto], example: [] })
  media!: MessageMediaDto[];
  @ApiProperty({ type: UsedTemplateDto, nullable: true, example: null })
  template!: UsedTemplateDto | null;
  author!: AuthorDto;
  /** The message that it answers, for a `consent_reply`; null otherwise. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e0" */
  inReplyTo!: string | null;
  /** The provider's id, once it is known. @example "SM00000000000000000000000000000001" */
  providerMessageId!: string | null;
  @ApiProperty({
    enum: [...MESSAGE_HOLDS, null],
    nullable: true,
    description:
      'Why it waits: it is scheduled, the recipient must not be disturbed at this hour, or its bulk send is paused.',
    example: null,
  })
  heldBecause!: MessageHold | null;
  /** Until when it waits, null while its bulk send is paused; consent is asked for again then. @example "2026-01-05T14:00:00.000Z" */
  heldUntil!: Date | null;
  @ApiProperty({ type: MessageCauseDto, nullable: true, example: null })
  cause!: MessageCauseDto | null;
  /** @example "2026-01-05T10:00:05.000Z" */
  createdAt!: Date;
  /** When its status last changed. @example "2026-01-05T10:00:06.000Z" */
  updatedAt!: Date;
}
