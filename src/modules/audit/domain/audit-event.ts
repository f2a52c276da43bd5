import type { Actor, Uuid } from '../../../common/context';

/** Something that no row shows: a sign-in, a denial, the use of a credential. Never a secret, never a message's text. */
export interface AuditEvent {
  /** `tenancy.sign-in`; module and what happened, in kebab-case. Rows are never changed, so a name stays. */
  readonly eventType: `${string}.${string}`;
  /** One word: `SIGN_IN`, `DENY`, `USE`. */
  readonly operation: string;
  /** Whose trail; null for what belongs to no organization. */
  readonly orgId: Uuid | null;
  readonly actor: Actor;
  readonly tableName?: string;
  readonly recordId?: Uuid;
  /** The route, as verb and pattern. */
  readonly query?: string;
  readonly ipAddress?: string;
  readonly old?: Readonly<Record<string, unknown>>;
  readonly new?: Readonly<Record<string, unknown>>;
}
