import { randomBytes } from 'node:crypto';

/** Titles of the codes that the simulator knows, as Meta's list of Cloud API error codes has them. */
const TITLES: Readonly<Record<number, string>> = {
  2: 'Service temporarily unavailable',
  4: 'Application request limit reached',
  100: 'Invalid parameter',
  104: 'Access token required',
  190: 'Invalid OAuth access token',
  368: 'Temporarily blocked for policies violations',
  80007: 'Rate limit issues',
  130429: 'Rate limit hit',
  131000: 'Something went wrong',
  131008: 'Required parameter is missing',
  131009: 'Parameter value is not valid',
  131026: 'Message undeliverable',
  131047: 'Re-engagement message',
  131051: 'Unsupported message type',
  131052: 'Media download error',
  131053: 'Media upload error',
  131056: '(Business Account, Consumer Account) pair rate limit hit',
  132000: 'Number of parameters does not match the expected number of params',
  132001: 'Template name does not exist in the translation',
  132012: 'Template parameter format mismatch',
  132015: 'Template is paused',
  132016: 'Template is disabled',
  132018: 'There was an issue with the template parameters',
  133010: 'Phone number not registered',
};

/** Meta's title of an error code. */
export function metaTitle(code: number): string {
  return TITLES[code] ?? 'Something went wrong';
}

/** What an error says beside its code. */
export interface MetaErrorMore {
  message?: string;
  subcode?: number;
  details?: string;
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

/** An answer of the Graph API that is an error: HTTP `status` and Meta's `code`. */
export class MetaError extends Error {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly code: number,
    private readonly more: MetaErrorMore = {},
  ) {
    super(more.message ?? `(#${code}) ${metaTitle(code)}`);
    this.name = 'MetaError';
    this.headers = more.headers ?? {};
  }

  /** The JSON body that Meta answers with. */
  toJSON(): { error: Record<string, unknown> } {
    const { subcode, details, type = 'OAuthException' } = this.more;
    return {
      error: {
        message: this.message,
        type,
        code: this.code,
        ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        fbtrace_id: `A${randomBytes(12).toString('base64url')}`,
      },
    };
  }
}
