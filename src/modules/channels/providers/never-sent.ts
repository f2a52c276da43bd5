/** Errors of finding and opening a connection, TLS included: nothing of the request has left by then. */
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_[A-Z]+|ERR_TLS_\w+|CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_\w+)$/;
const OPENING: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo']);

/** True when the error of a client shows that no byte of the request can have reached the other side. */
export function neverSent(error: unknown): boolean {
  const { code, syscall, cause } = error as {
    code?: unknown;
    syscall?: unknown;
    cause?: { syscall?: unknown };
  };
  return BEFORE_SENDING.test(String(code)) || OPENING.has(syscall) || OPENING.has(cause?.syscall);
}
