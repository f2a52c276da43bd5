import { PERMISSIONS, type Permission } from '../../../common/auth';
import { ScopeNotHeld } from './errors';

/** What an API key can be allowed: every permission but `self`, since a key has no session. */
export const API_KEY_SCOPES: readonly Permission[] = PERMISSIONS.filter(
  (permission) => permission !== 'self',
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
