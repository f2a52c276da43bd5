import { types } from 'node:util';

/** SQLSTATEs by what they mean to us. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const UNIQUE_VIOLATION = '23505';

/** The database cannot be reached or cannot serve at the moment; sockets' own codes included. */
const UNAVAILABLE =
  /^(08...|57P0[123]|53[0-9A-Z]{3}|25P03|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)$/;
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

/** True when the database could not be reached or lost the connection. */
export function isUnavailable(error: unknown): boolean {
  const cause = driverError(error);
  return UNAVAILABLE.test(sqlState(error) ?? '') || BROKEN_CONNECTION.test(cause?.message ?? '');
}

/** True when `error` is the violation of that unique constraint or index. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  return sqlState(error) === UNIQUE_VIOLATION && driverError(error)?.constraint === constraint;
}
