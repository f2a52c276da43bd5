import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '../domain/roles';

/** A user in an organization, with a role. */
@Entity('memberships')
export class Membership {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text')
  role!: Role;
}
