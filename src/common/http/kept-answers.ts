import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config';
import { newId, type OrgScope, type Uuid } from '../context';
import { Seals, Vault, type Place, type Sealed } from '../crypto';
import { Database } from '../database';
import { Conflict, Invalid } from '../errors';

/** The first request with this key has not been answered yet. */
export class IdempotentRequestRunning extends Conflict {
  readonly code = 'idempotent_request_running';
  constructor() {
    super('A request with this Idempotency-Key is still running.', { retryAfterSeconds: 1 });
  }
}
/** The key was used for something else. */
export class IdempotencyKeyReused extends Invalid {
  readonly code = 'idempotency_key_reused';
  constructor() {
    super('This Idempotency-Key was used with another request.');
  }
}

/** A request that bears a key: what it is, and a digest of who asks for what. */
export interface KeyedRequest {
  /** The organization of the caller, which keeps the answer. */
  readonly orgId: Uuid;
  /** Verb and path pattern. */
  readonly operation: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** An answer that was given. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An answer as it is kept: what holds a secret is opened outside of the requests' role. */
export interface KeptRow extends Record<string, unknown> {
  readonly id: Uuid;
  readonly fingerprint: string;
  readonly response_status: number;
  readonly response_body: unknown;
  readonly sealed_body: string | null;
}

/** Seals a text although the keys cannot be read at that moment. */
export type Seal = (place: Place, text: string) => Sealed;

const COLUMNS = 'id, fingerprint, response_status, response_body, sealed_body';
const FIND = `SELECT ${COLUMNS} FROM idempotency_keys WHERE org_id = $1 AND operation = $2 AND key = $3`;
const KEEP = `
  INSERT INTO idempotency_keys (org_id, id, operation, key, fingerprint, response_status, response_body, sealed_body)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;
/** The effect is in another organization than the caller, such as one that was just made: its transaction shows that one alone. */
const FIND_ELSEWHERE = `SELECT ${COLUMNS} FROM find_kept_answer($1, $2, $3)`;
const KEEP_ELSEWHERE = 'SELECT keep_answer($1, $2, $3, $4, $5, $6, $7, $8)';

/** Answers to requests that bore an `Idempotency-Key`, kept for a day, in the organization of the caller. */
@Injectable()
@Seals({ table: 'idempotency_keys', column: 'sealed_body' })
export class KeptAnswers {
  private readonly secret: Buffer;

  constructor(
    config: Config,
    private readonly database: Database,
    private readonly vault: Vault,
  ) {
    this.secret = createHmac('sha256', config.auth.jwtSecret).update('frontdesk idempotency').digest();
  }

  /** What makes two requests the same. Keyed: a body can hold a password, which nobody shall guess from its digest. */
  fingerprint(parts: readonly unknown[]): string {
    return createHmac('sha256', this.secret).update(JSON.stringify(parts)).digest('hex');
  }

  /** Lets one request with this key work at a time, until the transaction ends. Throws {@link IdempotentRequestRunning}. */
  async lock({ orgId, operation, key }: KeyedRequest): Promise<void> {
    const lock = await this.database.tx.one<{ free: boolean }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free',
      [`idempotency:${orgId}:${operation}:${key}`],
    );
    if (!lock?.free) throw new IdempotentRequestRunning();
  }

  /** The answer that was given to this request. Throws {@link IdempotencyKeyReused} when that was another one. */
  async find({ orgId, operation, key, fingerprint }: KeyedRequest): Promise<KeptRow | undefined> {
    const { tx } = this.database;
    const params = [orgId, operation, key];
    const kept = await tx.one<KeptRow>(tx.orgId === orgId ? FIND : FIND_ELSEWHERE, params);
    if (kept && kept.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
    return kept;
  }

  /** Keeps an answer, sealed where there is a `seal`. */
  async keep(
    { orgId, operation, key, fingerprint }: KeyedRequest,
    { status, body }: KeptAnswer,
    seal: Seal | undefined,
  ): Promise<void> {
    const { tx } = this.database;
    const id = newId();
    const text = body === undefined ? null : JSON.stringify(body);
    const [open, sealed] = seal && text !== null ? [null, seal(placeOf(id), text).text] : [text, null];
    const params = [orgId, id, operation, key, fingerprint, status, open, sealed];
    await tx.query(tx.orgId === orgId ? KEEP : KEEP_ELSEWHERE, params);
  }

  /** Reads an answer, opening it where it was sealed. Takes a transaction of its own for that. */
  async open(
    scope: OrgScope,
    { id, response_status, response_body, sealed_body }: KeptRow,
  ): Promise<KeptAnswer> {
    if (sealed_body === null) return { status: response_status, body: response_body ?? undefined };
    const text = await this.database.runInOrg({ ...scope, pool: 'service' }, () =>
      this.vault.open(placeOf(id), sealed_body),
    );
    return { status: response_status, body: JSON.parse(text) as unknown };
  }
}

function placeOf(row: Uuid): Place {
  return { table: 'idempotency_keys', column: 'sealed_body', row };
}
