import { types } from 'node:util';

/** SQLSTATEs by what they mean to us. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const UNIQUE_VIOLATION = '23505';

/** There is no connection, or it broke; sockets' own codes included. 53300: too many connections. */
const NO_CONNECTION =
  /^(08...|57P0[123]|53300|25P03|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;
/** The database is out of memory, disk or something else that may come back. */
const OUT_OF_RESOURCES = /^53...$/;
/** pg's own words when a connection breaks under a statement; it sets no code there. */
const BROKEN_CONNECTION =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect/;

interface DriverError extends Error {
  code?: unknown;
  constraint?: unknown;
  driverError?: DriverError;
}

/** The driver's error, also where TypeORM wrapped it. */
function driverError(error: unknown): DriverError | undefined {
  // Not instanceof: a socket's error can come from another realm than ours.
  if (!types.isNativeError(error)) return undefined;
  const e = error as DriverError;
  return e.driverError ?? e;
}

/** The SQLSTATE (or socket error code) of an error, if it has one. */
export function sqlState(error: unknown): string | undefined {
  const code = driverError(error)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** True when running the same work again may succeed. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED;
}

/** True when there was no connection to the database, or it was lost. */
export function isConnectionLoss(error: unknown): boolean {
  const cause = driverError(error);
  return NO_CONNECTION.test(sqlState(error) ?? '') || BROKEN_CONNECTION.test(cause?.message ?? '');
}

/** True when the database could not be reached, lost the connection or has no room. */
export function isUnavailable(error: unknown): boolean {
  return isConnectionLoss(error) || OUT_OF_RESOURCES.test(sqlState(error) ?? '');
}

/** What a refusal of the database means to whoever asked for the work. */
export type SqlMeaning = 'unavailable' | 'conflict' | 'reference_missing' | 'value_refused' | 'too_slow';

/** Unique, exclusion; foreign key; check, not null and data exceptions; canceled by timeout, lock not available. */
const MEANINGS: readonly (readonly [RegExp, SqlMeaning])[] = [
  [/^(23505|23P01)$/, 'conflict'],
  [/^23503$/, 'reference_missing'],
  [/^(23514|23502|22...)$/, 'value_refused'],
  [/^(57014|55P03)$/, 'too_slow'],
];

/** Undefined for what is a mistake in the program, and for errors that are not the database's. */
export function meaningOf(error: unknown): SqlMeaning | undefined {
  if (isUnavailable(error)) return 'unavailable';
  const state = sqlState(error);
  return state === undefined ? undefined : MEANINGS.find(([pattern]) => pattern.test(state))?.[1];
}

/** True when `error` is the violation of that unique constraint or index. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  return sqlState(error) === UNIQUE_VIOLATION && driverError(error)?.constraint === constraint;
}
