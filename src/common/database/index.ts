export * from './database';
export { DatabaseModule, tenantEntities } from './database.module';
export { whenDatabaseIsBack } from './patience';
export { isUnavailable, sqlState, violatesUnique } from './sql-state';
export type { Transaction } from './transaction';
