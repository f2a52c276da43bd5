import { Body, Controller, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { Uuid } from '../../../common/context';
import { CurrentPrincipal, IdParam, pageOf, PageQueryDto, Route, type Page } from '../../../common/http';
import { ReadConversations } from '../app/read-conversations.query';
import { ReadMessages } from '../app/read-messages.query';
import { ReplyInConversation } from '../app/reply-in-conversation.use-case';
import { ConversationDto, ConversationsQueryDto } from './conversations.dto';
import { TemplateNotApproved, UnknownTemplate } from '../domain/template-errors';
import { MessageDto, SendMessageDto } from './messages.dto';
import { saidIn } from './said-in';

/** A message is one of these: together they would be refused. */
const MESSAGES = {
  text: { value: { text: 'Friday at ten is free. Shall I book it?' } },
  template: {
    value: { template: { id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0f7', variables: { name: 'Ada' } } },
  },
  file: { value: { text: 'Our prices', mediaIds: ['0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa1f1'] } },
  later: {
    value: {
      text: 'See you at ten.',
      sendAt: '2027-01-05T08:00:00Z',
      cause: { type: 'appointment', id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0a7' },
    },
  },
};

@ApiTags('Conversations')
@Controller('conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ReadConversations,
    private readonly messages: ReadMessages,
    private readonly reply: ReplyInConversation,
  ) {}

  @Route.get('', {
    summary: 'List conversations',
    description:
      'By newest message, newest first. A conversation in which something is said while you page moves to the first page.',
    permission: 'conversations.read',
    response: pageOf(ConversationDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor, ...filter }: ConversationsQueryDto): Promise<Page<ConversationDto>> {
    return this.conversations.page(filter, limit, cursor);
  }

  @Route.get(':id', {
    summary: 'Read a conversation',
    permission: 'conversations.read',
    response: ConversationDto,
    errors: [404],
  })
  read(@IdParam() id: Uuid): Promise<ConversationDto> {
    return this.conversations.one(id);
  }

  @Route.get(':id/messages', {
    summary: 'List the messages of a conversation',
    description: 'Newest first.',
    permission: 'conversations.read',
    response: pageOf(MessageDto),
    errors: [400, 404, 422],
  })
  listMessages(@IdParam() id: Uuid, @Query() { limit, cursor }: PageQueryDto): Promise<Page<MessageDto>> {
    return this.messages.page(id, limit, cursor);
  }

  @Route.post(':id/messages', {
    summary: 'Send a message',
    description:
      'A text, within 24 hours of the last message of the customer, or a template; and while they have not opted out. All of that is checked again when it is sent. The answer has status `queued`; read the message, or its conversation, to see what became of it.',
    permission: 'messages.send',
    response: MessageDto,
    errors: [400, 404, 409, 422, new UnknownTemplate(), new TemplateNotApproved()],
    idempotent: true,
  })
  @ApiBody({ type: SendMessageDto, examples: MESSAGES })
  async send(
    @IdParam() id: Uuid,
    @Body() message: SendMessageDto,
    @CurrentPrincipal() { actor }: Principal,
  ): Promise<MessageDto> {
    return this.messages.one(
      await this.reply.execute({ ...saidIn(message), conversationId: id, author: actor }),
    );
  }
}
