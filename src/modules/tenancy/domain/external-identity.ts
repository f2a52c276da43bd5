import { OrganizationSuspended } from './errors';
import { OrganizationNotNamed } from './identity-errors';
import { isEmailAddress, normaliseEmail } from './email';
import type { MembershipView } from './session';

/** A person, as an identity provider vouches for them. */
export interface ExternalIdentity {
  readonly issuer: string;
  /** The provider's own name for the person; never given to another. */
  readonly subject: string;
  /** Normalised; undefined when the provider does not vouch for it. */
  readonly email: string | undefined;
  readonly firstName: string;
  readonly lastName: string;
  /**
   * The organization that the token is for; undefined when it names none. By id, or by slug where the provider's word counts
   * in some organizations alone: customers change slugs, and one could take that which a token means another by.
   */
  readonly organization: string | undefined;
  /** Ids of the only organizations that the provider's word counts in; empty: all. */
  readonly within: readonly string[];
}

/** What an identity provider is trusted with. */
interface Trust {
  readonly issuer: string;
  readonly organizationClaim: string;
  readonly organizations: readonly string[];
  readonly emailDomains: readonly string[];
}

/** OpenID Connect Core 1.0, 2: at most 255 ASCII characters. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CONTROL = /\p{Cc}/gu;

/**
 * Reads a verified token's claims; undefined when they are not such as a provider gives. Throws {@link OrganizationNotNamed}
 * for a slug of a provider that is bound to no organization.
 */
export function readIdentity(
  claims: Readonly<Record<string, unknown>>,
  trust: Trust,
): ExternalIdentity | undefined {
  const { sub } = claims;
  const organization = claims[trust.organizationClaim];
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) return undefined;
  if (organization !== undefined && (typeof organization !== 'string' || organization === ''))
    return undefined;
  const [only, ...more] = trust.organizations;
  if (organization !== undefined && only === undefined && !isOrganizationId(organization))
    throw new OrganizationNotNamed();
  return {
    issuer: trust.issuer,
    subject: sub,
    email: verifiedEmail(claims, trust.emailDomains),
    firstName: nameOf(claims['given_name'] ?? claims['name']),
    lastName: nameOf(claims['family_name']),
    organization: organization ?? (more.length === 0 ? only : undefined),
    within: trust.organizations,
  };
}

function verifiedEmail(
  { email, email_verified: verified }: Readonly<Record<string, unknown>>,
  domains: readonly string[],
): string | undefined {
  // Some providers write the boolean as a text.
  if (typeof email !== 'string' || (verified !== true && verified !== 'true')) return undefined;
  if (!isEmailAddress(email)) return undefined;
  const address = normaliseEmail(email);
  return domains.length === 0 || domains.includes(domainOf(address)) ? address : undefined;
}

function nameOf(claim: unknown): string {
  return typeof claim === 'string' ? claim.replaceAll(CONTROL, '').trim().slice(0, 100) : '';
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1);
}

/** True for an id; everything else that names an organization is a slug, even where it looks much like one. */
export function isOrganizationId(text: string): boolean {
  return UUID.test(text);
}

/**
 * Where the identity leads: to the organization that the token names, or to the only one there is. Undefined where the
 * person has no place. Throws {@link OrganizationSuspended} and {@link OrganizationNotNamed}.
 */
export function chooseOrganization<M extends MembershipView>(
  memberships: readonly M[],
  { organization, within }: Pick<ExternalIdentity, 'organization' | 'within'>,
): M | undefined {
  const allowed = memberships.filter(({ orgId }) => within.length === 0 || within.includes(orgId));
  const named = allowed.filter(({ orgId, orgSlug }) =>
    organization === undefined
      ? true
      : isOrganizationId(organization)
        ? organization === orgId
        : organization === orgSlug,
  );
  const open = named.filter(({ orgStatus }) => orgStatus === 'active');
  if (open.length > 1) throw new OrganizationNotNamed();
  if (open.length === 0 && named.length > 0) throw new OrganizationSuspended();
  return open[0];
}

/** Whether people come into an organization uninvited, and what they are there. */
export interface Provisioning {
  /** Null: nobody does. */
  readonly role: 'admin' | 'agent' | 'viewer' | null;
  /** Lower case; empty: whoever the provider vouches for. */
  readonly emailDomains: readonly string[];
}

/** The role that someone with this verified address gets; undefined when they are not let in. */
export function provisionedRole(
  { role, emailDomains }: Provisioning,
  email: string,
): NonNullable<Provisioning['role']> | undefined {
  if (role === null) return undefined;
  return emailDomains.length === 0 || emailDomains.includes(domainOf(email)) ? role : undefined;
}
