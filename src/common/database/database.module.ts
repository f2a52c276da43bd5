import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { Config } from '../config';
import { Log } from '../logging';
import { Database } from './database';
import { TIMES_IN_UTC } from './time-parser';
import { SteadyClient } from './steady-client';

function options(config: Config, log: Log, url: string): TypeOrmModuleOptions {
  return {
    type: 'postgres',
    url,
    autoLoadEntities: true,
    installExtensions: false,
    retryAttempts: 0,
    logging: false,
    poolSize: config.database.poolSize,
    connectTimeoutMS: 10_000,
    applicationName: 'frontdesk',
    poolErrorHandler: (error: unknown) => log.warn('an idle database connection broke', { error }),
    extra: { pipeline: true, keepAlive: true, types: TIMES_IN_UTC, Client: SteadyClient },
  };
}

function pool(name: 'app' | 'service'): DynamicModule {
  return TypeOrmModule.forRootAsync({
    name,
    inject: [Config, Log],
    useFactory: (config: Config, log: Log) =>
      options(config, log, name === 'app' ? config.database.appUrl : config.database.serviceUrl),
  });
}

/** Two pools, one a role: `app` for requests, `service` for jobs and webhook intake. */
@Global()
@Module({ imports: [pool('app'), pool('service')], providers: [Database], exports: [Database] })
export class DatabaseModule {}

/** Registers a module's entities with both pools; goes into its `imports`. */
export function tenantEntities(entities: Type[]): DynamicModule[] {
  return (['app', 'service'] as const).map((name) => TypeOrmModule.forFeature(entities, name));
}
