import type { Uuid } from '../../../common/context';

/** Where a connection's credentials are kept: sealed for this place, they open nowhere else. */
export function credentialsPlace(connectionId: Uuid): { table: string; column: string; row: Uuid } {
  return { table: 'channel_connections', column: 'credentials', row: connectionId };
}

/** Secrets as one text, to be sealed. */
export function serializeSecrets(secrets: Readonly<Record<string, string>>): string {
  return JSON.stringify(secrets);
}

/** Undoes {@link serializeSecrets}. */
export function parseSecrets(text: string): Readonly<Record<string, string>> {
  return JSON.parse(text) as Record<string, string>;
}
