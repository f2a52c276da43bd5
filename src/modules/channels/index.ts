export { ChannelsModule } from './channels.module';
export { Channels } from './app/channels';
export type { SentMessagesQuery } from './app/look-up-sent-messages.query';
export type { OutgoingText } from './app/send-through-connection.use-case';
export type { Channel } from './domain/channel';
export type { ConnectionSummary } from './domain/connection';
export type {
  InboundMessage,
  ProviderStatus,
  RefusalCode,
  SendOutcome,
  SentMessage,
  StatusReport,
} from './domain/provider';
