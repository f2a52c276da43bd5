import { Injectable } from '@nestjs/common';
import { Metrics } from '../../../common/metrics';
import { Allowances } from '../../../common/time/allowance';
import { AuditTrail } from '../../audit';
import { PeopleRepository, type MembershipRow, type SignInRow } from '../db/people.repository';
import { WrongCredentials } from '../domain/errors';
import { chooseMembership } from '../domain/session';
import { PasswordHasher } from './password-hasher';
import { SignInLimits } from './sign-in-limits';

/** Who someone claims to be. */
export interface PersonClaim {
  readonly email: string;
  readonly password: string;
  readonly ipAddress: string | undefined;
}

/** What someone claims: who they are, and where they belong. */
export interface Claim extends PersonClaim {
  readonly organizationSlug: string | undefined;
}

/** Who someone proved to be, and the organization that the sign-in leads to. */
export interface Proven {
  readonly user: SignInRow;
  readonly membership: MembershipRow;
}

/** Entries for one address, and for all together. */
const ADDRESS = { size: 20, perMinute: 20 };
const TOGETHER = { size: 300, perMinute: 300 };
const EVENT = 'tenancy.sign-in-failed';

/** Checks email and password. Whatever is wrong, it takes the same work and ends in the same words. */
@Injectable()
export class CheckPassword {
  /** Anyone can fail to sign in: the trail must not grow at their will. */
  private readonly allowances = new Allowances(ADDRESS, TOGETHER);

  constructor(
    private readonly passwords: PasswordHasher,
    private readonly people: PeopleRepository,
    private readonly audit: AuditTrail,
    private readonly metrics: Metrics,
    private readonly limits: SignInLimits,
  ) {}

  /**
   * Throws `WrongCredentials`, `OrganizationSuspended`, `SignInThrottled` and `TooManySignIns`. A failure is written to the
   * audit trail, or counted.
   */
  check(claim: Claim): Promise<Proven> {
    return this.limits.guard(claim.ipAddress ?? '', claim.email, () => this.prove(claim));
  }

  /** The same of a person alone, wherever they belong. Throws `WrongCredentials`, `SignInThrottled` and `TooManySignIns`. */
  checkPerson(claim: PersonClaim): Promise<SignInRow> {
    return this.limits.guard(claim.ipAddress ?? '', claim.email, () => this.provePerson(claim));
  }

  private async provePerson(claim: PersonClaim): Promise<SignInRow> {
    const user = await this.people.findForSignIn(claim.email);
    const matches = await this.passwords.verify(user?.password_hash, claim.password);
    if (!user) return this.refuse('unknown_user', claim);
    if (!matches) return this.refuse('wrong_password', claim, user);
    if (user.status !== 'active') return this.refuse('disabled_user', claim, user);
    return user;
  }

  private async prove(claim: Claim): Promise<Proven> {
    const user = await this.provePerson(claim);
    const memberships = await this.people.memberships(user.id);
    try {
      return { user, membership: chooseMembership(memberships, claim.organizationSlug) };
    } catch (error) {
      if (error instanceof WrongCredentials) return this.refuse('no_membership', claim, user);
      throw error;
    }
  }

  /** The trail tells why, and who was meant where that is known; never what was typed. */
  private async refuse(reason: string, { ipAddress }: PersonClaim, user?: SignInRow): Promise<never> {
    if (this.allowances.take(ipAddress ?? '')) await this.write(reason, ipAddress, user);
    else this.metrics.auditEventsLeftOut.inc({ event: EVENT });
    throw new WrongCredentials();
  }

  private async write(reason: string, ipAddress: string | undefined, user?: SignInRow): Promise<void> {
    await this.audit.record({
      eventType: EVENT,
      operation: 'SIGN_IN',
      tableName: 'users',
      ...(user ? { recordId: user.id } : {}),
      ...(ipAddress === undefined ? {} : { ipAddress }),
      orgId: null,
      actor: { type: 'system', id: null },
      new: { reason },
    });
  }
}
