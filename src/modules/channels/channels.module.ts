import { Module } from '@nestjs/common';
import { tenantEntities } from '../../common/database';
import { AuditModule } from '../audit';
import { TenancyModule } from '../tenancy';
import { ContactsModule, ImportedConsent } from '../contacts';
import { ConnectionsController } from './api/connections.controller';
import { ConsentController } from './api/consent.controller';
import { ConsentWordsController } from './api/consent-words.controller';
import { PhoneMappingsController } from './api/phone-mappings.controller';
import { WebhookLogsController } from './api/webhook-logs.controller';
import { WebhooksController } from './api/webhooks.controller';
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
import { ConnectionDirectory } from './app/connection-directory';
import { ImportedConsentLedger } from './app/imported-consent-ledger';
import { ExpireWebhookLogs } from './app/expire-webhook-logs.job';
import { MaintainPartitions } from './app/maintain-partitions.job';
import { ProcessWebhookJob } from './app/process-webhook.job';
import { ProcessWebhook } from './app/process-webhook.use-case';
import { ReadWebhookLogs } from './app/read-webhook-logs.query';
import { ReceiveInboundMessage } from './app/receive-inbound-message.use-case';
import { RefusedWebhooks } from './app/refused-webhooks';
import { ReconcileConnectionJob } from './app/reconciliation/reconcile-connection.job';
import { ReconcileConnection } from './app/reconciliation/reconcile-connection.use-case';
import { ReconcileDeliveries } from './app/reconciliation/reconcile-deliveries.job';
import { DeliveryComparison } from './app/reconciliation/delivery-comparison';
import { RecoveredDeliveries } from './app/reconciliation/recovered-deliveries';
import { TakeInWebhook } from './app/take-in-webhook.use-case';
import { WebhookVerification } from './app/webhook-verification';
import { Mappings } from './app/mappings/mappings';
import { ReadMappings } from './app/mappings/read-mappings.query';
import { TendMappings } from './app/mappings/tend-mappings.use-case';
import { PhoneMappings } from './db/mappings/phone-mappings.repository';
import { ChannelConnection } from './db/channel-connection.entity';
import { ChannelContactData } from './db/channel-contact-data';
import { ChannelTallies } from './db/channel-tallies.repository';
import { ConnectionPaces } from './db/connection-paces.repository';
import { ConnectionsRepository } from './db/connections.repository';
import { ConsentLedger } from './db/consent-ledger.repository';
import { ConsentWordsRepository } from './db/consent-words.repository';
import { ConsentRecords } from './db/consent-records.repository';
import { MappingsRepository } from './db/mappings.repository';
import { PersonalDeliveries } from './db/personal-deliveries';
import { Suppressions } from './db/suppressions';
import { WebhookIntake } from './db/webhook-intake.repository';
import { WebhookLogPages } from './db/webhook-log-pages.repository';
import { WebhookLogsRepository } from './db/webhook-logs.repository';
import { Providers } from './domain/provider';
import { TwilioProvider } from './providers/twilio/twilio.provider';

/** The pipes: business numbers, what comes in over them, what goes out, and who consented to it. */
@Module({
  imports: [AuditModule, TenancyModule, ContactsModule, ...tenantEntities([ChannelConnection])],
  controllers: [
    ConnectionsController,
    ConsentController,
    ConsentWordsController,
    PhoneMappingsController,
    WebhooksController,
    WebhookLogsController,
  ],
  providers: [
    TwilioProvider,
    {
      provide: Providers,
      inject: [TwilioProvider],
      useFactory: (twilio: TwilioProvider) => new Providers([twilio]),
    },
    ConnectionsRepository,
    ConnectionAccess,
    ConnectionViews,
    CredentialCheck,
    CredentialTrail,
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
    TendMappings,
    ReadMappings,
    Suppressions,
    PersonalDeliveries,
    ChannelContactData,
    LoggedDeliveries,
    WebhookLogsRepository,
    WebhookIntake,
    WebhookLogPages,
    ConnectionDirectory,
    RefusedWebhooks,
    WebhookVerification,
    TakeInWebhook,
    ProcessWebhook,
    ProcessWebhookJob,
    ReceiveInboundMessage,
    ReadWebhookLogs,
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
  ],
  exports: [Channels, Mappings, Consent, ConsentWords, SendPace],
})
export class ChannelsModule {}
