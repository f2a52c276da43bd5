export { ChannelsModule } from './channels.module';
export { Channels } from './app/channels';
export { CallReported } from './domain/call-events';
export { spokenStatus, type CallEnd, type CallRecording, type CallReport } from './domain/call-report';
export type { VoiceSettings } from './domain/voice-settings';
export type { CallReports } from './app/logged-deliveries.query';
export { Consent } from './app/consent';
export { OwnersMail } from './app/verification/owners-mail';
export { Mappings } from './app/mappings/mappings';
export { ConsentWords } from './app/consent-words';
export { SentReports, type SentReport } from './app/reconciliation/sent-reports';
export { KnownCalls } from './app/calls/known-calls';
export { SendsUnderWay } from './app/sends-under-way';
export type { SentMessagesQuery } from './app/look-up-sent-messages.query';
export { SendPace, type SendSlots } from './app/send-pace';
export type { ConnectionSender, OutgoingContent } from './app/send-through-connection.use-case';
export { CONSENT_REFUSALS, consentRefusalSql, type ConsentRefusal } from './db/consent-refusal';
export { barredSql, mayMessageSql } from './db/may-message';
export type { Reach } from './db/mappings.repository';
export { CHANNELS, type Channel, type ProviderName } from './domain/channel';
export {
  ContactOptedIn,
  ContactOptedOut,
  type ConsentAction,
  type ConsentChange,
  type ConsentLine,
  type ConsentPurpose,
  type ConsentSource,
} from './domain/consent';
export { MappingNotFound } from './domain/mappings/mapping-errors';
export type { BarredBecause, MappingStatus, PhoneMapping } from './domain/mappings/phone-mapping';
export type { ConsentKeyword } from './domain/consent-keywords';
export { ReservedWordInvited } from './domain/reserved-word-errors';
export {
  lintRendered,
  reservedWordInvitation,
  reservedWords,
  type Invitation,
  type ReservedWord,
  type ReservedWords,
} from './domain/reserved-words';
export type { ConnectionSummary } from './domain/connection';
export { ConnectionNotFound, CredentialsRejected, ProviderUnavailable } from './domain/errors';
export type {
  InboundMessage,
  ProviderContent,
  ProviderFile,
  ProviderStatus,
  ProviderTemplate,
  Refusal,
  RefusalCode,
  SendOutcome,
  SentMessage,
  StatusReport,
} from './domain/provider';
export type { ProviderTemplateListing } from './domain/provider-template';
export { smsSegments, type SmsLength } from './domain/sms-segments';
export { ObservingBegan, ObservingEnded } from './domain/verification';
export { CredentialsExpiring } from './domain/credentials-expiring';
export { WebhookLogGone } from './domain/webhook-errors';
export {
  InboundMessageReceived,
  MessageStatusReported,
  TemplatesReported,
  type WebhookRef,
} from './domain/webhook-events';
