import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person who signs in. Global: what they may see is decided by memberships. */
@Entity('users')
export class User {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  email!: string;

  @Column('text', { name: 'first_name' })
  firstName!: string;

  @Column('text', { name: 'last_name' })
  lastName!: string;

  /** Argon2id in PHC form; never read back through the entity. */
  @Column('text', { name: 'password_hash', select: false, nullable: true })
  passwordHash!: string | null;
}
