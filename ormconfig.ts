import { ownerDataSource } from './tools/database/owner-data-source';

/** For TypeORM's command line (`npm run migration:create` and its kin). The server makes its own connections. */
export default ownerDataSource(process.env['DATABASE_URL'] ?? 'postgres://localhost/frontdesk');
