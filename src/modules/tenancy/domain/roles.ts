import { PERMISSIONS, type Permission } from '../../../common/auth';

/** What a member can be in an organization, from most to least. */
export const ROLES = ['owner', 'admin', 'agent', 'viewer'] as const;

export type Role = (typeof ROLES)[number];

const VIEWER: readonly Permission[] = [
  'connections.read',
  'contacts.read',
  'conversations.read',
  'organization.read',
  'self',
];

/** The one table of who may what. The README of this module shows it; a test compares the two. */
const TABLE: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(PERMISSIONS),
  admin: new Set(PERMISSIONS),
  agent: new Set<Permission>([...VIEWER, 'consent.record', 'contacts.write', 'messages.send']),
  viewer: new Set(VIEWER),
};

/** Held in the platform owner's organization alone. */
const OF_THE_PLATFORM: ReadonlySet<Permission> = new Set(['platform.operate']);

const elsewhere = (role: Role): ReadonlySet<Permission> =>
  new Set([...TABLE[role]].filter((held) => !OF_THE_PLATFORM.has(held)));

const ELSEWHERE: typeof TABLE = {
  owner: elsewhere('owner'),
  admin: elsewhere('admin'),
  agent: elsewhere('agent'),
  viewer: elsewhere('viewer'),
};

const withoutSession = (role: Role): ReadonlySet<Permission> =>
  new Set([...ELSEWHERE[role]].filter((held) => held !== 'self'));

const WITHOUT_SESSION: typeof TABLE = {
  owner: withoutSession('owner'),
  admin: withoutSession('admin'),
  agent: withoutSession('agent'),
  viewer: withoutSession('viewer'),
};

/** What someone is in an organization, and whether that one operates the installation. */
export interface Standing {
  readonly role: Role;
  readonly isPlatformOwner: boolean;
}

/** What members with this role may do, in the organization that operates the installation or in any other. */
export function permissionsOf(role: Role, isPlatformOwner = false): ReadonlySet<Permission> {
  return isPlatformOwner ? TABLE[role] : ELSEWHERE[role];
}

/**
 * The same without what takes a session of ours: `self`, and looking into other organizations, which is granted to a
 * session. For people whom an identity provider vouches for.
 */
export function permissionsWithoutSession(role: Role): ReadonlySet<Permission> {
  return WITHOUT_SESSION[role];
}

/** True when `text` names a role. */
export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}
