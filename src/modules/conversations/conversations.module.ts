import { Module } from '@nestjs/common';
import { ChannelsModule, KnownCalls, SendsUnderWay, SentReports } from '../channels';
import { ContactsModule } from '../contacts';
import { BulkSendsController } from './api/bulk-sends.controller';
import { CallsController } from './api/calls.controller';
import { ConversationsController } from './api/conversations.controller';
import { MessageTemplatesController } from './api/message-templates.controller';
import { MediaController } from './api/media.controller';
import { VoiceRemindersController } from './api/voice-reminders.controller';
import { MessagesController } from './api/messages.controller';
import { PhoneVerificationsController } from './api/phone-verifications.controller';
import { BULK_SENDING } from './app/bulk-parts';
import { AnswerConsentWord } from './app/answer-consent-word';
import { DeleteErasedRecording } from './app/calls/delete-erased-recording.job';
import { DeleteRecordingAtProvider } from './app/calls/delete-recording.job';
import { AskForCall } from './app/calls/ask-for-call.job';
import { CloseCalls } from './app/calls/close-calls.job';
import { CallWithText } from './app/calls/call-with-text.use-case';
import { IncomingCalls } from './app/calls/incoming-calls';
import { ReadCalls } from './app/calls/read-calls.query';
import { RecordCall } from './app/calls/record-call.listener';
import { SpokenCalls } from './app/calls/spoken-calls';
import { StoredRecordings } from './app/calls/stored-recordings';
import { TextBack } from './app/calls/text-back.job';
import { TextBacks } from './app/calls/text-backs';
import { Voicemails } from './app/calls/voicemails';
import { CancelMessage } from './app/cancel-message.use-case';
import { ClaimMessages } from './app/claim-messages.use-case';
import { DispatchMessages } from './app/dispatch-messages.job';
import { DispatchPlan } from './app/dispatch-plan';
import { HandOver } from './app/hand-over';
import { MessageCauses } from './app/message-causes';
import { RecordSendOutcomes } from './app/record-send-outcomes.use-case';
import { CallsKnownHere } from './app/reconciliation/calls-known-here';
import { ReconcileSent } from './app/reconciliation/reconcile-sent';
import { ReconciledMessages } from './db/reconciled-messages.repository';
import { ReleaseHeld } from './app/release-held.job';
import { SendCheck } from './app/send-check';
import { SendEffects } from './app/send-effects';
import { SendTimes } from './app/send-times';
import { WriteToContact } from './app/write-to-contact.use-case';
import { WriteMessage } from './app/write-message';
import { DispatchQueue } from './db/dispatch-queue.repository';
import { HeldMessages } from './db/held-messages.repository';
import { MessageCausesController } from './api/message-causes.controller';
import { ApplyTemplateListing } from './app/apply-template-listing.use-case';
import { ChangeTemplate } from './app/change-template.use-case';
import { CreateTemplate } from './app/create-template.use-case';
import { InvitationCheck } from './app/invitation-check';
import { HandOvers } from './app/hand-overs';
import { MatchLostMessage } from './app/match-lost-message.use-case';
import { CountMessages } from './app/count-messages.job';
import { AttachedMedia } from './app/media/attached-media';
import { DeleteMedia } from './app/media/delete-media.job';
import { FetchFromUrl } from './app/media/fetch-from-url.use-case';
import { FetchMedia } from './app/media/fetch-media.job';
import { IncomingMedia } from './app/media/incoming-media';
import { MediaLinks } from './app/media/media-links';
import { MediaStore } from './app/media/media-store';
import { MediaViews } from './app/media/media-view';
import { ReadMedia } from './app/media/read-media.query';
import { TendMedia } from './app/media/tend-media.job';
import { UploadMedia } from './app/media/upload-media.use-case';
import { MessageFigures } from './app/message-figures';
import { NoteOutreach } from './app/note-outreach.job';
import { MessageReports } from './app/message-reports';
import { UnreachableNumbers } from './app/unreachable-numbers';
import { ProviderOptOuts } from './app/provider-opt-outs';
import { ReadConversations } from './app/read-conversations.query';
import { ReadMessages } from './app/read-messages.query';
import { ReadTemplates } from './app/read-templates.query';
import { RemoveTemplate } from './app/remove-template.use-case';
import { RecordProviderOptOut } from './app/record-provider-opt-out.job';
import { ReplyCheck } from './app/reply-check';
import { ReplyContent } from './app/reply-content';
import { ReplyInConversation } from './app/reply-in-conversation.use-case';
import { RequestTemplateSync } from './app/request-template-sync.use-case';
import { RescueStuckMessage } from './app/rescue-stuck-message.use-case';
import { ResolveUnknown } from './app/resolve-unknown.job';
import { ReadStatusEvents } from './app/read-status-events.query';
import { RecipientTime } from './app/recipient-time';
import { Retries } from './app/retries';
import { SendQueue } from './app/send-queue';
import { SendTiming } from './app/send-timing';
import { StoreInboundMessage } from './app/store-inbound-message.listener';
import { SweepOutgoing } from './app/sweep-outgoing.job';
import { SyncAccountTemplates } from './app/sync-account-templates.job';
import { MailTemplatesWithdrawn } from './app/mail-templates-withdrawn.listener';
import { RefreshTemplates } from './app/refresh-templates.listener';
import { SyncTemplates } from './app/sync-templates.job';
import { TemplateContent } from './app/template-content';
import { TemplateSyncQueue } from './app/template-sync-queue';
import { UnknownSends } from './app/unknown-sends';
import { UpdateMessageStatus } from './app/update-message-status.listener';
import { WakeDispatch } from './app/wake-dispatch.job';
import { WarnClosingWindows } from './app/warn-closing-windows.job';
import { CallContactData } from './db/calls/call-contact-data';
import { CallViewsRepository } from './db/calls/call-views.repository';
import { CallsRepository } from './db/calls/calls.repository';
import { OpenCalls } from './db/calls/open-calls.repository';
import { ContactPhones } from './db/calls/contact-phones.repository';
import { RecordingsRepository } from './db/calls/recordings.repository';
import { ClosingWindows } from './db/closing-windows.repository';
import { ContactClocks } from './db/contact-clocks.repository';
import { ContactMedia } from './db/contact-media';
import { ConversationContactData } from './db/conversation-contact-data';
import { ConversationViewsRepository } from './db/conversation-views.repository';
import { ConversationsRepository } from './db/conversations.repository';
import { MediaFilesRepository } from './db/media-files.repository';
import { ConsentAnswers } from './db/consent-answers.repository';
import { HandOversRepository } from './db/hand-overs.repository';
import { MessageTallies } from './db/message-tallies.repository';
import { MessageViewsRepository } from './db/message-views.repository';
import { MessageTemplatesRepository } from './db/message-templates.repository';
import { MessagesRepository } from './db/messages.repository';
import { StatusEvents } from './db/status-events.repository';
import { ProviderTemplatesRepository } from './db/provider-templates.repository';
import { StuckMessages } from './db/stuck-messages.repository';
import { ContactThreads } from './app/contact-threads';
import { ConfirmVerification } from './app/verification/confirm-verification.use-case';
import { RequestVerification } from './app/verification/request-verification.use-case';
import { VerificationCodes } from './app/verification/verification-codes';
import { VerificationLimits } from './app/verification/verification-limits';
import { VerificationThrottle } from './app/verification/verification-throttle';
import { ContactThreadsRepository } from './db/contact-threads.repository';
import { PhoneVerifications } from './db/verification/phone-verifications.repository';
import { ThreadMerges } from './db/thread-merges';

const reading = [
  ReadConversations,
  ReadMessages,
  ReadStatusEvents,
  ConversationViewsRepository,
  MessageViewsRepository,
];
const writing = [
  ConversationsRepository,
  MessagesRepository,
  ReplyCheck,
  ReplyInConversation,
  WriteToContact,
  ReplyContent,
  AnswerConsentWord,
  WriteMessage,
  SendTimes,
  CancelMessage,
  MessageCauses,
  HeldMessages,
];
const sending = [
  ClaimMessages,
  DispatchPlan,
  DispatchQueue,
  SendCheck,
  HandOver,
  RecordSendOutcomes,
  SendEffects,
  MatchLostMessage,
  MessageReports,
  StatusEvents,
  UnknownSends,
  Retries,
  RescueStuckMessage,
  StuckMessages,
  SendQueue,
  SendTiming,
];
const timing = [RecipientTime, ContactClocks, WarnClosingWindows, ClosingWindows];
const media = [
  MediaFilesRepository,
  MediaStore,
  MediaLinks,
  MediaViews,
  ReadMedia,
  UploadMedia,
  FetchFromUrl,
  IncomingMedia,
  AttachedMedia,
  FetchMedia,
  DeleteMedia,
  TendMedia,
];
const personalData = [ConversationContactData, ContactMedia, ThreadMerges];
const optOuts = [
  ConsentAnswers,
  { provide: SendsUnderWay, useClass: HandOvers },
  { provide: SentReports, useClass: ReconcileSent },
  { provide: KnownCalls, useClass: CallsKnownHere },
  ReconciledMessages,
  HandOversRepository,
  ProviderOptOuts,
  UnreachableNumbers,
  RecordProviderOptOut,
];
const listeners = [StoreInboundMessage, UpdateMessageStatus];
const jobs = [DispatchMessages, WakeDispatch, NoteOutreach, ResolveUnknown, SweepOutgoing, ReleaseHeld];
const templates = [
  MessageTemplatesRepository,
  ProviderTemplatesRepository,
  InvitationCheck,
  CreateTemplate,
  ChangeTemplate,
  RemoveTemplate,
  ReadTemplates,
  TemplateContent,
  RequestTemplateSync,
  TemplateSyncQueue,
  ApplyTemplateListing,
  SyncTemplates,
  RefreshTemplates,
  MailTemplatesWithdrawn,
  SyncAccountTemplates,
];
const verification = [
  ContactThreads,
  ContactThreadsRepository,
  PhoneVerifications,
  RequestVerification,
  ConfirmVerification,
  VerificationCodes,
  VerificationThrottle,
  VerificationLimits,
];
const calls = [
  CallsRepository,
  OpenCalls,
  CloseCalls,
  AskForCall,
  DeleteErasedRecording,
  CallViewsRepository,
  ReadCalls,
  RecordCall,
  IncomingCalls,
  SpokenCalls,
  Voicemails,
  TextBacks,
  TextBack,
  CallWithText,
  ContactPhones,
  RecordingsRepository,
  StoredRecordings,
  DeleteRecordingAtProvider,
  CallContactData,
];
const counting = [CountMessages, MessageFigures, MessageTallies];

/** What is said: threads, messages, and sending them. */
@Module({
  imports: [ChannelsModule, ContactsModule],
  controllers: [
    ConversationsController,
    MessagesController,
    MessageCausesController,
    MessageTemplatesController,
    MediaController,
    BulkSendsController,
    PhoneVerificationsController,
    CallsController,
    VoiceRemindersController,
  ],
  providers: [
    ...reading,
    ...writing,
    ...sending,
    ...optOuts,
    ...timing,
    ...media,
    ...personalData,
    ...listeners,
    ...jobs,
    ...templates,
    ...counting,
    ...verification,
    ...calls,
    ...BULK_SENDING,
  ],
  exports: [MessageCauses],
})
export class ConversationsModule {}
