import type { Permission } from '../../../common/auth';

/** How long an organization's data can be open to the operator, in minutes, before a reason must be stated again. */
export const ACCESS_MINUTES = { min: 1, max: 60 } as const;

/** How much must be said about why. */
export const ACCESS_REASON = { min: 10, max: 500 } as const;

/**
 * What the operator may do in an organization whose data was opened: read what its viewers read, its trail and its
 * deliveries. Nothing that changes anything, and not `self`: they are nobody there.
 */
export const OPERATOR_PERMISSIONS: ReadonlySet<Permission> = new Set<Permission>([
  'audit.read',
  'connections.read',
  'contacts.read',
  'conversations.read',
  'organization.read',
  'webhook_logs.read',
]);
