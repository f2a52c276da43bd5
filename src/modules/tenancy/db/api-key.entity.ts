import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Permission } from '../../../common/auth';

/** How a program signs in. The secret is kept as its SHA-256 alone. */
@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  prefix!: string;

  @Column('text', { name: 'secret_hash', select: false })
  secretHash!: string;

  @Column('text', { array: true })
  scopes!: Permission[];

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('uuid', { name: 'created_by_key', nullable: true })
  createdByKey!: string | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
