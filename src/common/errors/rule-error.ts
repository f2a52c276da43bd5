/** One field's complaint: `field` is a path into the body or query (`address`, `items.0.name`). */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** What a broken rule means to the caller; the HTTP layer alone turns it into a status. */
export type RuleKind =
  | 'bad_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition_failed'
  | 'too_large'
  | 'unsupported'
  | 'invalid'
  | 'too_many'
  | 'unavailable';

interface RuleErrorOptions {
  readonly fields?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly related?: Readonly<Record<string, string>>;
}

/**
 * A rule was broken. Every business rule has a class of its own with a stable `code`; tests assert the class,
 * clients the code. `message` is shown to the caller: it holds no secret, no SQL and nothing of another organization.
 */
export abstract class RuleError extends Error {
  abstract readonly code: string;
  abstract readonly kind: RuleKind;
  readonly fields: readonly FieldError[];
  /** Seconds after which trying again makes sense, where that is known. */
  readonly retryAfterSeconds?: number;
  /** Ids of what stands in the way or was there instead, by name; only of the caller's organization. */
  readonly related?: Readonly<Record<string, string>>;

  constructor(detail: string, options: RuleErrorOptions = {}) {
    super(detail);
    this.name = new.target.name;
    this.fields = options.fields ?? [];
    if (options.related !== undefined) this.related = options.related;
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** 400: the request cannot be understood (a bad cursor, a header that is not what it should be). */
export abstract class BadRequest extends RuleError {
  readonly kind = 'bad_request';
}
/** 401: who is calling is not known. */
export abstract class Unauthenticated extends RuleError {
  readonly kind = 'unauthenticated';
}
/** 403: known, but may not. */
export abstract class Forbidden extends RuleError {
  readonly kind = 'forbidden';
}
/** 404: absent, or another organization's; the caller cannot tell which. */
export abstract class NotFound extends RuleError {
  readonly kind = 'not_found';
}
/** 409: the state of things does not allow it now. */
export abstract class Conflict extends RuleError {
  readonly kind = 'conflict';
}
/** 412: the caller acted on something that has changed since. */
export abstract class PreconditionFailed extends RuleError {
  readonly kind = 'precondition_failed';
}
/** 413: a body with more bytes than are taken. */
export abstract class TooLarge extends RuleError {
  readonly kind = 'too_large';
}
/** 415: a content type that is not taken here. */
export abstract class Unsupported extends RuleError {
  readonly kind = 'unsupported';
}
/** 422: understood and well-formed, but against a rule. */
export abstract class Invalid extends RuleError {
  readonly kind = 'invalid';
}
/** 429: too often. */
export abstract class TooManyRequests extends RuleError {
  readonly kind = 'too_many';
}
/** 503: cannot be done at the moment; trying again may help. */
export abstract class Unavailable extends RuleError {
  readonly kind = 'unavailable';
}
