import type { Finding } from './finding';

const UNKNOWN = 'what happens before an organization is known is recorded too';
const DIRECTORY = 'its purpose is uniqueness over the whole installation';
const BY_MONTH = 'partitioned by month: the key must hold the time, and the organization can be unknown';

/** What is meant to be as it is, by check and object, each with its reason. One that is found no more must go. */
export const EXCEPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  organizations: {
    'audit_logs.org_id': UNKNOWN,
    'webhook_logs.org_id': UNKNOWN,
  },
  keys: {
    audit_logs: BY_MONTH,
    audit_logs_pkey: BY_MONTH,
    connection_directory: DIRECTORY,
    connection_directory_address_key: DIRECTORY,
    connection_directory_connection_key: DIRECTORY,
    connection_directory_number_key: DIRECTORY,
    connection_directory_verify_token_key: DIRECTORY,
    webhook_logs: BY_MONTH,
    webhook_logs_pkey: BY_MONTH,
  },
};

/** Whether a finding is one of {@link EXCEPTIONS}. */
export function isException({ check, object }: Finding): boolean {
  return EXCEPTIONS[check]?.[object] !== undefined;
}
