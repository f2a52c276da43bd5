import { Module } from '@nestjs/common';
import { tenantEntities } from '../../common/database';
import { AuditModule } from '../audit';
import { ConnectionsController } from './api/connections.controller';
import { ChangeConnection } from './app/change-connection.use-case';
import { Channels } from './app/channels';
import { ConnectWhatsappNumber } from './app/connect-whatsapp-number.use-case';
import { ConnectionAccess } from './app/connection-access';
import { ConnectionViews } from './app/connection-views';
import { CredentialCheck } from './app/credential-check';
import { CredentialTrail } from './app/credential-trail';
import { LookUpSentMessages } from './app/look-up-sent-messages.query';
import { ReadConnections } from './app/read-connections.query';
import { RemoveConnection } from './app/remove-connection.use-case';
import { RotateAuthToken } from './app/rotate-auth-token.use-case';
import { SendThroughConnection } from './app/send-through-connection.use-case';
import { VerifyConnection } from './app/verify-connection.use-case';
import { ChannelConnection } from './db/channel-connection.entity';
import { ConnectionsRepository } from './db/connections.repository';
import { Providers } from './domain/provider';
import { TwilioProvider } from './providers/twilio/twilio.provider';

/** The pipes: business numbers, what comes in over them, what goes out, and who consented to it. */
@Module({
  imports: [AuditModule, ...tenantEntities([ChannelConnection])],
  controllers: [ConnectionsController],
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
    ConnectWhatsappNumber,
    ReadConnections,
    ChangeConnection,
    VerifyConnection,
    RotateAuthToken,
    RemoveConnection,
    SendThroughConnection,
    LookUpSentMessages,
  ],
  exports: [Channels],
})
export class ChannelsModule {}
