import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { PeopleRepository } from '../db/people.repository';
import { normaliseEmail } from '../domain/email';
import { checkNewPassword } from '../domain/password';
import type { Role } from '../domain/roles';
import { PasswordHasher } from './password-hasher';

/** A person who becomes a member. */
export interface NewMember {
  readonly email: string;
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** A new member whose password is checked and hashed. */
export type PreparedMember = Omit<NewMember, 'password'> & { readonly passwordHash: string };

/** How people become members. */
@Injectable()
export class Members {
  constructor(
    private readonly people: PeopleRepository,
    private readonly passwords: PasswordHasher,
  ) {}

  /** To be called before the transaction: hashing takes longer than a transaction should. */
  async prepare({ email, password, firstName, lastName }: NewMember): Promise<PreparedMember> {
    checkNewPassword(password);
    return {
      email: normaliseEmail(email),
      firstName,
      lastName,
      passwordHash: await this.passwords.hash(password),
    };
  }

  /**
   * Makes a person a member of the organization at hand. Someone who is a user already keeps name and password: an
   * organization does not set the password of a person who may belong to others as well.
   */
  async join(member: PreparedMember, role: Role): Promise<Uuid> {
    const userId = await this.people.findOrInsert(member);
    await this.people.insertMembership(userId, role);
    return userId;
  }
}
