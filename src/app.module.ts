import { Module, type DynamicModule } from '@nestjs/common';
import { CommonModule } from './common/common.module';
import type { Config } from './common/config';
import type { Log } from './common/logging';
import { AuditModule } from './modules/audit';
import { ChannelsModule } from './modules/channels';
import { ContactsModule } from './modules/contacts';
import { ConversationsModule } from './modules/conversations';
import { TenancyModule } from './modules/tenancy';

/** The whole program: the ground, and the modules up the stairs. */
@Module({})
export class AppModule {
  static with(config: Config, log: Log): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CommonModule.with(config, log),
        AuditModule,
        TenancyModule,
        ContactsModule,
        ChannelsModule,
        ConversationsModule,
      ],
    };
  }
}
