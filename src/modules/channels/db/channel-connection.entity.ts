import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Channel, ProviderName, Routing } from '../domain/channel';

/**
 * One business number on one provider and channel, as it is added; what is not written here has its default in the table. The secret columns are written here and read by one query of the
 * repository: `select: false` keeps them out of every other, and the request role has no right to read them.
 */
@Entity('channel_connections')
export class ChannelConnection {
  @PrimaryColumn('uuid', { name: 'org_id' })
  orgId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  provider!: ProviderName;

  @Column('text')
  channel!: Channel;

  @Column('text')
  address!: string;

  @Column('text', { name: 'provider_account_id' })
  providerAccountId!: string;

  @Column('text', { name: 'provider_number_id', nullable: true })
  providerNumberId!: string | null;

  @Column('text')
  routing!: Routing;

  @Column('text', { name: 'friendly_name' })
  friendlyName!: string;

  @Column('text', { select: false })
  credentials!: string;

  @Column('uuid', { name: 'credentials_key_id', select: false })
  credentialsKeyId!: string;

  @Column('timestamptz', { name: 'credentials_expire_at', nullable: true })
  credentialsExpireAt!: Date | null;

  @Column('text', { name: 'webhook_verify_token', select: false })
  webhookVerifyToken!: string;

  @Column('timestamptz', { name: 'last_verified_at' })
  lastVerifiedAt!: Date;
}
