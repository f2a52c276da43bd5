import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One tenant: a business. What is not written here has its default in the table. */
@Entity('organizations')
export class Organization {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  slug!: string;

  @Column('text')
  timezone!: string;

  @Column('text', { name: 'default_country' })
  defaultCountry!: string;

  @Column('text')
  locale!: string;

  @Column('boolean', { name: 'is_platform_owner' })
  isPlatformOwner!: boolean;
}
