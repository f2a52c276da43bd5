import type { Uuid } from '../../../common/context';

/** Where a connection's credentials are kept: sealed for this place, they open nowhere else. */
export function credentialsPlace(connectionId: Uuid): { table: string; column: string; row: Uuid } {
  return { table: 'channel_connections', column: 'credentials', row: connectionId };
}

/** Where those are kept that were replaced of late, while deliveries may still be signed with them. */
export function previousCredentialsPlace(connectionId: Uuid): { table: string; column: string; row: Uuid } {
  return { table: 'channel_connections', column: 'previous_credentials', row: connectionId };
}

/** Secrets as one text, to be sealed. */
export function serializeSecrets(secrets: Readonly<Record<string, string>>): string {
  return JSON.stringify(secrets);
}

/** Undoes {@link serializeSecrets}. */
export function parseSecrets(text: string): Readonly<Record<string, string>> {
  return JSON.parse(text) as Record<string, string>;
}
