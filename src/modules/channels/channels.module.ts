import { Module } from '@nestjs/common';
import { tenantEntities } from '../../common/database';
import { AuditModule } from '../audit';
import { Channels } from './app/channels';
import { ConnectionAccess } from './app/connection-access';
import { LookUpSentMessages } from './app/look-up-sent-messages.query';
import { SendThroughConnection } from './app/send-through-connection.use-case';
import { ChannelConnection } from './db/channel-connection.entity';
import { ConnectionsRepository } from './db/connections.repository';
import { Providers } from './domain/provider';
import { TwilioProvider } from './providers/twilio/twilio.provider';

/** The pipes: business numbers, what comes in over them, what goes out, and who consented to it. */
@Module({
  imports: [AuditModule, ...tenantEntities([ChannelConnection])],
  providers: [
    TwilioProvider,
    {
      provide: Providers,
      inject: [TwilioProvider],
      useFactory: (twilio: TwilioProvider) => new Providers([twilio]),
    },
    ConnectionsRepository,
    ConnectionAccess,
    Channels,
    SendThroughConnection,
    LookUpSentMessages,
  ],
  exports: [Channels],
})
export class ChannelsModule {}
