import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels';
import { ContactsModule } from '../contacts';
import { ConversationsController } from './api/conversations.controller';
import { MessagesController } from './api/messages.controller';
import { AnswerConsentWord } from './app/answer-consent-word';
import { ClaimMessage } from './app/claim-message.use-case';
import { MatchLostMessage } from './app/match-lost-message.use-case';
import { CountMessages } from './app/count-messages.job';
import { MessageFigures } from './app/message-figures';
import { MessageReports } from './app/message-reports';
import { ProviderOptOuts } from './app/provider-opt-outs';
import { ReadConversations } from './app/read-conversations.query';
import { ReadMessages } from './app/read-messages.query';
import { RecordSendOutcome } from './app/record-send-outcome.use-case';
import { ReplyCheck } from './app/reply-check';
import { ReplyInConversation } from './app/reply-in-conversation.use-case';
import { RescueStuckMessage } from './app/rescue-stuck-message.use-case';
import { ResolveUnknown } from './app/resolve-unknown.job';
import { Retries } from './app/retries';
import { SendMessage } from './app/send-message.job';
import { SendQueue } from './app/send-queue';
import { SendTiming } from './app/send-timing';
import { StoreInboundMessage } from './app/store-inbound-message.listener';
import { SweepOutgoing } from './app/sweep-outgoing.job';
import { Turns } from './app/turns';
import { UnknownSends } from './app/unknown-sends';
import { UpdateMessageStatus } from './app/update-message-status.listener';
import { ConversationContactData } from './db/conversation-contact-data';
import { ConversationViewsRepository } from './db/conversation-views.repository';
import { ConversationsRepository } from './db/conversations.repository';
import { MessageTallies } from './db/message-tallies.repository';
import { MessageViewsRepository } from './db/message-views.repository';
import { MessagesRepository } from './db/messages.repository';
import { StuckMessages } from './db/stuck-messages.repository';
import { ThreadMerges } from './db/thread-merges';

const reading = [ReadConversations, ReadMessages, ConversationViewsRepository, MessageViewsRepository];
const writing = [
  ConversationsRepository,
  MessagesRepository,
  ReplyCheck,
  ReplyInConversation,
  AnswerConsentWord,
];
const sending = [
  ClaimMessage,
  RecordSendOutcome,
  MatchLostMessage,
  MessageReports,
  ProviderOptOuts,
  UnknownSends,
  Retries,
  RescueStuckMessage,
  StuckMessages,
  SendQueue,
  SendTiming,
  Turns,
];
const personalData = [ConversationContactData, ThreadMerges];
const listeners = [StoreInboundMessage, UpdateMessageStatus];
const jobs = [SendMessage, ResolveUnknown, SweepOutgoing];
const counting = [CountMessages, MessageFigures, MessageTallies];

/** What is said: threads, messages, and sending them. */
@Module({
  imports: [ChannelsModule, ContactsModule],
  controllers: [ConversationsController, MessagesController],
  providers: [...reading, ...writing, ...sending, ...personalData, ...listeners, ...jobs, ...counting],
})
export class ConversationsModule {}
