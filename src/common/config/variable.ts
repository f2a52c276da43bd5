import { parseIdentityProviders, type IdentityProvider } from './identity-provider';

/** One environment variable: how it is read, what it means, and whether it may be absent. */
export interface Variable<T> {
  readonly describe: string;
  /** Shown in the docs in place of the default, where the default is computed. */
  readonly defaultText?: string;
  readonly fallback?: T;
  /** Never printed, and shown as such in the docs. */
  readonly secret: boolean;
  /** Returns the value, or throws an Error whose message says what is expected; it must not repeat the text. */
  readonly parse: (text: string) => T;
}

type Options<T> = { describe: string; fallback?: T; defaultText?: string; secret?: boolean };

function variable<T>(parse: (text: string) => T, { secret = false, ...options }: Options<T>): Variable<T> {
  return { ...options, secret, parse };
}

function expected(what: string): never {
  throw new Error(`expected ${what}`);
}

export function text(options: Options<string>): Variable<string> {
  return variable((value) => value, options);
}

export function integer(range: { min: number; max: number }, options: Options<number>): Variable<number> {
  return variable((value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= range.min && number <= range.max))
      expected(`a whole number from ${range.min} to ${range.max}`);
    return number;
  }, options);
}

export function oneOf<const V extends string>(values: readonly V[], options: Options<V>): Variable<V> {
  return variable(
    (value) => values.find((v) => v === value) ?? expected(`one of ${values.join(', ')}`),
    options,
  );
}

/** An http(s) address without query or fragment; a trailing slash is dropped. */
export function httpUrl(options: Options<string>): Variable<string> {
  return variable((value) => {
    const url = URL.canParse(value) ? new URL(value) : expected('an http:// or https:// address');
    if (!/^https?:$/.test(url.protocol) || url.search || url.hash || url.username)
      expected('an http:// or https:// address without credentials, query or fragment');
    return value.replace(/\/+$/, '');
  }, options);
}

export function postgresUrl(options: Options<string>): Variable<string> {
  return variable((value) => {
    const url = URL.canParse(value)
      ? new URL(value)
      : expected('postgres://user:password@host:port/database');
    if (!/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2)
      expected('postgres://user:password@host:port/database');
    return value;
  }, options);
}

/** `smtp://` (STARTTLS) or `smtps://` (TLS from the first byte), with a host and perhaps credentials and a port. */
export function smtpUrl(options: Options<string>): Variable<string> {
  return variable(
    (value) => {
      const url = URL.canParse(value) ? new URL(value) : undefined;
      if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || !/^\/?$/.test(url.pathname))
        expected('smtp://user:password@host:port or smtps://…');
      if (!/^(\?tls=(off|required))?$/.test(url.search))
        expected('no other parameter than tls=off or tls=required');
      return value;
    },
    { ...options, secret: true },
  );
}

/** `address` or `Name <address>`, in one line. */
export function mailSender(options: Options<string>): Variable<string> {
  return variable(
    (value) =>
      /^(?:[^<>@\r\n"]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/.test(value)
        ? value
        : expected('an address, or Name <address>'),
    options,
  );
}

/** A secret of at least `minLength` characters. */
export function secret(minLength: number, options: Options<string>): Variable<string> {
  return variable(
    (value) => (value.length >= minLength ? value : expected(`at least ${minLength} characters`)),
    { ...options, secret: true },
  );
}

/** A key that encrypts organizations' data keys; 256 bits. */
export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/** `id:base64,id:base64`, newest first; each key 32 bytes. */
export function masterKeys(options: Options<readonly MasterKey[]>): Variable<readonly MasterKey[]> {
  return variable(
    (value) => {
      const keys = value.split(',').map((entry) => {
        const [, id, encoded] = /^\s*([\w-]{1,32}):([A-Za-z0-9+/=_-]+)\s*$/.exec(entry) ?? [];
        const key = Buffer.from(encoded ?? '', 'base64');
        if (!id || key.length !== 32) expected('id:key[,id:key…], each key 32 bytes in base64');
        return { id, key };
      });
      if (new Set(keys.map((k) => k.id)).size !== keys.length) expected('different ids');
      return keys;
    },
    { ...options, secret: true },
  );
}

/** A JSON list of OpenID Connect providers. */
export function identityProviders(
  options: Options<readonly IdentityProvider[]>,
): Variable<readonly IdentityProvider[]> {
  return variable(parseIdentityProviders, options);
}
