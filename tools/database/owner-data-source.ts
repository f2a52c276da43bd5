import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../src/migrations';

/** A connection for migrations: the administrator of `adminUrl`, acting as the role that owns the schema. */
export function ownerDataSource(adminUrl: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url: adminUrl,
    migrations: [...MIGRATIONS],
    extra: { options: '-c role=frontdesk_owner', max: 2 },
  });
}
