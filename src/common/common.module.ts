import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Config } from './config';
import { CryptoModule } from './crypto';
import { KeyRotationModule } from './crypto/rotation';
import { DatabaseModule } from './database';
import { EventsModule } from './events';
import { GuardedFetchModule } from './guarded-fetch';
import { HttpModule } from './http';
import { IsolationModule } from './isolation';
import { JobsModule } from './jobs';
import { Log } from './logging';
import { MailModule } from './mail';
import { MetricsModule } from './metrics';
import { OperationsModule } from './operations';
import { ScheduleModule } from './schedule';
import { StorageModule } from './storage';
import { Clock } from './time/clock';

/** The ground that every module stands on. */
@Global()
@Module({})
export class CommonModule {
  static with(config: Config, log: Log): DynamicModule {
    return {
      module: CommonModule,
      imports: [
        DatabaseModule,
        CryptoModule,
        JobsModule,
        EventsModule,
        ScheduleModule,
        HttpModule,
        IsolationModule,
        KeyRotationModule,
        GuardedFetchModule,
        StorageModule,
        MailModule,
        MetricsModule,
        OperationsModule,
      ],
      providers: [{ provide: Config, useValue: config }, { provide: Log, useValue: log }, Clock],
      exports: [Config, Log, Clock],
    };
  }
}
