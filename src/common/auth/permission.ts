/**
 * Every permission there is: the vocabulary of routes and of API key scopes. Which role holds which is decided in
 * one table, in the tenancy module. `self` is what a signed-in user may do to their own session; no API key has it.
 * `platform.operate` is about the installation: only the organization that operates it has anyone who holds it.
 */
export const PERMISSIONS = [
  'api_keys.manage',
  'audit.read',
  'bulk_sends.manage',
  'connections.manage',
  'connections.read',
  'consent.manage',
  'consent.record',
  'contact_fields.manage',
  'contacts.export',
  'contacts.import',
  'contacts.read',
  'contacts.write',
  'conversations.read',
  'jobs.manage',
  'members.manage',
  'messages.send',
  'organization.manage',
  'organization.read',
  'platform.operate',
  'privacy.manage',
  'self',
  'templates.manage',
  'webhook_logs.read',
  'webhook_logs.replay',
] as const;

export type Permission = (typeof PERMISSIONS)[number];
