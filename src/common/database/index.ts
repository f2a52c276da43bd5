export * from './database';
export { DatabaseModule, tenantEntities } from './database.module';
export { isUnavailable, sqlState, violatesUnique } from './sql-state';
export type { Transaction } from './transaction';
