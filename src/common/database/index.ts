export * from './database';
export { DatabaseModule, tenantEntities } from './database.module';
export { whenDatabaseIsBack } from './patience';
export { isConnectionLoss, isUnavailable, meaningOf, violatesUnique, type SqlMeaning } from './sql-state';
export type { Transaction } from './transaction';
