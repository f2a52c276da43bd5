import { Module } from '@nestjs/common';
import { tenantEntities } from '../../common/database';
import { AuditModule } from '../audit';
import { TenancyModule } from '../tenancy';
import { ContactsModule, ImportedConsent } from '../contacts';
import { ConnectionsController } from './api/connections.controller';
import { VerificationController } from './api/verification/verification.controller';
import { ConnectionSecretsController } from './api/credentials/connection-secrets.controller';
import { ConsentController } from './api/consent.controller';
import { ConsentWordsController } from './api/consent-words.controller';
import { PhoneMappingsController } from './api/phone-mappings.controller';
import { PlatformWebhooksController } from './api/webhook-record/platform-webhooks.controller';
import { WebhookLogsController } from './api/webhook-record/webhook-logs.controller';
import { ParkedDeliveriesController } from './api/parked-deliveries.controller';
import { SharedNumbersController } from './api/shared-numbers.controller';
import { VoiceSettingsController } from './api/voice-settings.controller';
import { VoiceWebhooksController } from './api/voice-webhooks.controller';
import { WebhooksController } from './api/webhooks.controller';
import { WhatsappCloudWebhooksController } from './api/whatsapp-cloud-webhooks.controller';
import { AnswerCall } from './app/calls/answer-call.use-case';
import { ChangeVoiceSettings } from './app/calls/change-voice-settings.use-case';
import { AskHowCallEnded } from './app/calls/ask-how-call-ended.use-case';
import { DeleteRecording } from './app/calls/delete-recording.use-case';
import { ReceiveCall } from './app/calls/receive-call.use-case';
import { SpokenMessages } from './app/calls/spoken-messages';
import { VoiceSettingsOf } from './app/calls/voice-settings-of.query';
import { ChangeConnection } from './app/change-connection.use-case';
import { ChannelFigures } from './app/channel-figures';
import { Channels } from './app/channels';
import { CountDeliveries } from './app/count-deliveries.job';
import { ConnectNumber } from './app/connect-number.use-case';
import { Consent } from './app/consent';
import { ConsentAddresses } from './app/consent-addresses';
import { ConsentWords } from './app/consent-words';
import { ConsentOfMessage } from './app/consent-of-message';
import { TendConsentTexts } from './app/tend-consent-texts.use-case';
import { TendConsentWords } from './app/tend-consent-words.use-case';
import { ReadConsent } from './app/read-consent.query';
import { RecordConsent } from './app/record-consent.use-case';
import { ConnectionAccess } from './app/connection-access';
import { ConnectionViews } from './app/connection-views';
import { CredentialCheck } from './app/credential-check';
import { CredentialTrail } from './app/credential-trail';
import { EndOverlap } from './app/credentials/end-overlap.use-case';
import { EndOverlaps } from './app/credentials/end-overlaps.job';
import { ReplacedSecrets } from './app/credentials/replaced-secrets';
import { SealedCredentials } from './app/credentials/sealed-credentials';
import { ListProviderTemplates } from './app/list-provider-templates.query';
import { FetchProviderMedia } from './app/fetch-provider-media.query';
import { LoggedDeliveries } from './app/logged-deliveries.query';
import { LookUpSentMessages } from './app/look-up-sent-messages.query';
import { ReadConnections } from './app/read-connections.query';
import { RemoveConnection } from './app/remove-connection.use-case';
import { RotateAuthToken } from './app/rotate-auth-token.use-case';
import { SendPace } from './app/send-pace';
import { SendThroughConnection } from './app/send-through-connection.use-case';
import { VerifyConnection } from './app/verify-connection.use-case';
import { AnswerHandshake } from './app/handshakes/answer-handshake.query';
import { RotateVerifyToken } from './app/handshakes/rotate-verify-token.use-case';
import { MailCredentialsExpiring } from './app/expiry/mail-credentials-expiring.listener';
import { WatchCredentials } from './app/expiry/watch-credentials.job';
import { OwnersMail } from './app/verification/owners-mail';
import { HandshakeTrail } from './app/handshakes/handshake-trail';
import { ShowWebhookSetup } from './app/handshakes/show-webhook-setup.query';
import { ConnectionDirectory } from './app/connection-directory';
import { ImportedConsentLedger } from './app/imported-consent-ledger';
import { ExpireWebhookLogs } from './app/expire-webhook-logs.job';
import { MaintainPartitions } from './app/maintain-partitions.job';
import { DeliveryEffects } from './app/delivery-effects';
import { ProcessWebhookJob } from './app/process-webhook.job';
import { ProcessWebhook } from './app/process-webhook.use-case';
import { ReceivePreference } from './app/preferences/receive-preference.use-case';
import { ReceiveInboundMessage } from './app/receive-inbound-message.use-case';
import { RefusedWebhooks } from './app/refused-webhooks';
import { ReconcileConnectionJob } from './app/reconciliation/reconcile-connection.job';
import { ReconcileConnection } from './app/reconciliation/reconcile-connection.use-case';
import { ReconcileDeliveries } from './app/reconciliation/reconcile-deliveries.job';
import { DeliveryComparison } from './app/reconciliation/delivery-comparison';
import { RecoveredDeliveries } from './app/reconciliation/recovered-deliveries';
import { TakeInWebhook } from './app/take-in-webhook.use-case';
import { ReadPlatformWebhookLogs } from './app/webhook-record/read-platform-webhook-logs.query';
import { ReadWebhookLogs } from './app/webhook-record/read-webhook-logs.query';
import { ReplayWebhook } from './app/webhook-record/replay-webhook.use-case';
import { ReplayWebhooks } from './app/webhook-record/replay-webhooks.use-case';
import { WebhookHealth } from './app/webhook-record/webhook-health.query';
import { WebhookReplaying } from './app/webhook-record/webhook-replaying';
import { EndObserving } from './app/verification/end-observing.job';
import { MailObservingBegan } from './app/verification/mail-observing-began.listener';
import { MailObservingEnded } from './app/verification/mail-observing-ended.listener';
import { SetVerification } from './app/verification/set-verification.use-case';
import { VerificationTrail } from './app/verification/verification-trail';
import { WebhookVerification } from './app/webhook-verification';
import { Mappings } from './app/mappings/mappings';
import { MappingCheck } from './app/mappings/mapping-check';
import { ReadMappings } from './app/mappings/read-mappings.query';
import { TendMappings } from './app/mappings/tend-mappings.use-case';
import { PhoneMappings } from './db/mappings/phone-mappings.repository';
import { SHARED_NUMBER_PROVIDERS } from './app/shared-numbers/shared-number-providers';
import { CallMappings } from './db/calls/call-mappings.repository';
import { VoiceSettingsRepository } from './db/calls/voice-settings.repository';
import { ChannelConnection } from './db/channel-connection.entity';
import { ChannelContactData } from './db/channel-contact-data';
import { ChannelTallies } from './db/channel-tallies.repository';
import { ConnectionPaces } from './db/connection-paces.repository';
import { ConnectionsRepository } from './db/connections.repository';
import { ConsentLedger } from './db/consent-ledger.repository';
import { ConsentWordsRepository } from './db/consent-words.repository';
import { ConsentRecords } from './db/consent-records.repository';
import { ExpiringCredentials } from './db/expiry/expiring-credentials.repository';
import { Overlaps } from './db/credentials/overlaps.repository';
import { MappingsRepository } from './db/mappings.repository';
import { PersonalDeliveries } from './db/personal-deliveries';
import { Suppressions } from './db/suppressions';
import { WebhookIntake } from './db/webhook-intake.repository';
import { Observations } from './db/verification/observations.repository';
import { PlatformWebhookLogs } from './db/webhook-record/platform-webhook-logs.repository';
import { WebhookHealthFigures } from './db/webhook-record/webhook-health.repository';
import { WebhookLogPages } from './db/webhook-record/webhook-log-pages.repository';
import { WebhookReplays } from './db/webhook-record/webhook-replays.repository';
import { WebhookLogsRepository } from './db/webhook-logs.repository';
import { Providers, type Provider } from './domain/provider';
import { TwilioProvider } from './providers/twilio/twilio.provider';
import { WhatsappCloudProvider } from './providers/whatsapp-cloud/whatsapp-cloud.provider';

const webhookRecord = [
  ReadWebhookLogs,
  ReadPlatformWebhookLogs,
  ReplayWebhook,
  ReplayWebhooks,
  WebhookHealth,
  WebhookReplaying,
  WebhookLogPages,
  PlatformWebhookLogs,
  WebhookReplays,
  WebhookHealthFigures,
];

const verification = [
  SetVerification,
  EndObserving,
  MailObservingBegan,
  MailObservingEnded,
  OwnersMail,
  Observations,
];

const credentials = [
  Overlaps,
  ReplacedSecrets,
  EndOverlap,
  EndOverlaps,
  RotateVerifyToken,
  VerificationTrail,
];

const calls = [
  VoiceSettingsRepository,
  VoiceSettingsOf,
  ChangeVoiceSettings,
  AnswerCall,
  ReceiveCall,
  CallMappings,
  SpokenMessages,
  DeleteRecording,
  AskHowCallEnded,
];

/** The pipes: business numbers, what comes in over them, what goes out, and who consented to it. */
@Module({
  imports: [AuditModule, TenancyModule, ContactsModule, ...tenantEntities([ChannelConnection])],
  controllers: [
    ConnectionsController,
    ConnectionSecretsController,
    ConsentController,
    ConsentWordsController,
    PhoneMappingsController,
    WebhooksController,
    WhatsappCloudWebhooksController,
    WebhookLogsController,
    PlatformWebhooksController,
    VerificationController,
    SharedNumbersController,
    ParkedDeliveriesController,
    VoiceSettingsController,
    VoiceWebhooksController,
  ],
  providers: [
    TwilioProvider,
    WhatsappCloudProvider,
    {
      provide: Providers,
      inject: [TwilioProvider, WhatsappCloudProvider],
      useFactory: (...providers: Provider[]) => new Providers(providers),
    },
    ConnectionsRepository,
    ConnectionAccess,
    ConnectionViews,
    CredentialCheck,
    CredentialTrail,
    SealedCredentials,
    Channels,
    ConnectNumber,
    ReadConnections,
    ChangeConnection,
    VerifyConnection,
    RotateAuthToken,
    RemoveConnection,
    SendThroughConnection,
    SendPace,
    ConnectionPaces,
    LookUpSentMessages,
    ListProviderTemplates,
    FetchProviderMedia,
    Consent,
    { provide: ImportedConsent, useClass: ImportedConsentLedger },
    ConsentLedger,
    ConsentRecords,
    ConsentWords,
    ConsentWordsRepository,
    TendConsentWords,
    TendConsentTexts,
    ConsentOfMessage,
    ConsentAddresses,
    RecordConsent,
    ReadConsent,
    MappingsRepository,
    PhoneMappings,
    Mappings,
    MappingCheck,
    TendMappings,
    ReadMappings,
    Suppressions,
    PersonalDeliveries,
    ChannelContactData,
    LoggedDeliveries,
    WebhookLogsRepository,
    WebhookIntake,
    ConnectionDirectory,
    RefusedWebhooks,
    WebhookVerification,
    TakeInWebhook,
    AnswerHandshake,
    HandshakeTrail,
    ShowWebhookSetup,
    ExpiringCredentials,
    WatchCredentials,
    MailCredentialsExpiring,
    ProcessWebhook,
    DeliveryEffects,
    ProcessWebhookJob,
    ReceiveInboundMessage,
    ReceivePreference,
    ...webhookRecord,
    ...verification,
    ...credentials,
    MaintainPartitions,
    ExpireWebhookLogs,
    ChannelFigures,
    ChannelTallies,
    CountDeliveries,
    ReconcileDeliveries,
    ReconcileConnectionJob,
    ReconcileConnection,
    DeliveryComparison,
    RecoveredDeliveries,
    ...SHARED_NUMBER_PROVIDERS,
    ...calls,
  ],
  exports: [Channels, Mappings, Consent, ConsentWords, OwnersMail, SendPace],
})
export class ChannelsModule {}
