/**
 * Every permission there is: the vocabulary of routes and of API key scopes. Which role holds which is decided in
 * one table, in the tenancy module. `self` is what a signed-in user may do to their own session; no API key has it.
 */
export const PERMISSIONS = [
  'api_keys.manage',
  'audit.read',
  'connections.manage',
  'connections.read',
  'contacts.read',
  'conversations.read',
  'jobs.manage',
  'messages.send',
  'organization.read',
  'self',
  'webhook_logs.read',
] as const;

export type Permission = (typeof PERMISSIONS)[number];
