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
  agent: new Set<Permission>([...VIEWER, 'messages.send']),
  viewer: new Set(VIEWER),
};

/** What members with this role may do. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return TABLE[role];
}

/** True when `text` names a role. */
export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}
