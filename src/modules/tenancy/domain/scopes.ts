import { PERMISSIONS, type Permission } from '../../../common/auth';
import { ScopeNotHeld } from './errors';

/** A key has no session of its own, and who operates the installation is a person. */
const NEVER_A_KEYS: readonly Permission[] = ['self', 'platform.operate'];

/** What an API key can be allowed. */
export const API_KEY_SCOPES: readonly Permission[] = PERMISSIONS.filter(
  (permission) => !NEVER_A_KEYS.includes(permission),
);

/** The scopes among `texts`, each once. A scope that a later version dropped gives nothing. */
export function knownScopes(texts: readonly string[]): Set<Permission> {
  return new Set(API_KEY_SCOPES.filter((scope) => texts.includes(scope)));
}

/** Nobody hands out more than they have. Throws {@link ScopeNotHeld}. */
export function checkScopesHeld(scopes: readonly Permission[], held: ReadonlySet<Permission>): void {
  const missing = scopes.filter((scope) => !held.has(scope));
  if (missing.length > 0) throw new ScopeNotHeld(missing);
}
