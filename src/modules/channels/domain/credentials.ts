import type { Uuid } from '../../../common/context';
import type { ProviderName } from './channel';
import { SecretsOfOtherProvider } from './errors';

/** What opens an account, by the names of the provider's adapter. */
export type Secrets = Readonly<Record<string, string>>;

/** What somebody gives of them. */
export type GivenSecrets = Readonly<Record<string, string | undefined>>;

const NAMES: Readonly<Record<ProviderName, readonly string[]>> = {
  twilio: ['authToken'],
  whatsapp_cloud: ['appId', 'appSecret', 'accessToken'],
};

/** True when nothing is missing of what opens an account of this provider. */
export function areWhole(provider: ProviderName, secrets: Secrets): boolean {
  return NAMES[provider].every((name) => Object.hasOwn(secrets, name));
}

/** Those of `given` that this provider knows. */
export function knownSecrets(provider: ProviderName, given: GivenSecrets): Secrets {
  return Object.fromEntries(
    NAMES[provider].flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}

/** The same where nothing else may be among them. Throws {@link SecretsOfOtherProvider}. */
export function ownSecrets(provider: ProviderName, given: GivenSecrets): Secrets {
  const isForeign = (name: string): boolean => given[name] !== undefined && !NAMES[provider].includes(name);
  const foreign = Object.keys(given).filter(isForeign);
  if (foreign.length > 0) throw new SecretsOfOtherProvider(foreign);
  return knownSecrets(provider, given);
}

/** What the provider signs deliveries with. */
const SIGNING: Readonly<Record<ProviderName, string>> = { twilio: 'authToken', whatsapp_cloud: 'appSecret' };

/** How many hours a secret that was replaced goes on verifying deliveries. */
export const OVERLAP_HOURS = { min: 0, max: 168, usual: 24 } as const;

/** Of `secrets` the one that deliveries are signed with: all that is kept of those that were replaced. */
export function signingSecret(provider: ProviderName, secrets: Secrets): Secrets | undefined {
  const name = SIGNING[provider];
  const secret = secrets[name];
  return secret ? { [name]: secret } : undefined;
}

/** When the overlap is over. */
export function overlapUntil(now: Date, hours: number): Date {
  return new Date(now.getTime() + hours * 3_600_000);
}

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
