import { isIPv6 } from 'node:net';
import { identityProviderProblems, type IdentityProvider } from './identity-provider';
import { mailProblems, mailSettings, type MailSettings } from './mail-settings';
import { mediaProblems, mediaSettings, type MediaSettings } from './media-settings';
import type { MasterKey, Variable } from './variable';
import { VARIABLES } from './variables';

type Name = keyof typeof VARIABLES;
type ValueOf<K extends Name> = (typeof VARIABLES)[K] extends Variable<infer T> ? T : never;
/** Has no default and may stay away; every other variable has a value once the check has passed. */
type Optional =
  | 'PUBLIC_URL'
  | 'CONSOLE_URL'
  | 'DATABASE_DIRECT_URL'
  | 'METRICS_TOKEN'
  | 'SIGN_UP'
  | 'SMTP_URL'
  | 'TWILIO_CONTENT_BASE_URL'
  | 'MAIL_DIR'
  | 'MAIL_FROM'
  | 'MEDIA_DIR'
  | 'S3_BUCKET'
  | 'S3_ENDPOINT'
  | 'S3_REGION'
  | 'S3_ACCESS_KEY_ID'
  | 'S3_SECRET_ACCESS_KEY';
type Values = { [K in Exclude<Name, Optional>]: ValueOf<K> } & { [K in Optional]?: ValueOf<K> };

/** What must be given unless the launcher of the embedded database provided it. */
export const REQUIRED_VARIABLES = [
  'DATABASE_URL',
  'DATABASE_APP_PASSWORD',
  'DATABASE_SERVICE_PASSWORD',
  'JWT_SECRET',
  'MASTER_KEYS',
] as const satisfies readonly (keyof Values)[];

/** Those that are checked together. */
const MEDIA_VARIABLES = [
  'MEDIA_DIR',
  'S3_BUCKET',
  'S3_ENDPOINT',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
];

/** The environment is wrong. Each problem names a variable and says what is expected; none holds a value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** The validated settings of this process. Injected by its class. */
export abstract class Config {
  abstract readonly production: boolean;
  abstract readonly servesApi: boolean;
  abstract readonly runsJobs: boolean;
  abstract readonly http: { host: string; port: number; publicUrl: string; trustProxyHops: number };
  /** The address of a console, to which links in mails lead. */
  abstract readonly consoleUrl: string | undefined;
  abstract readonly mail: MailSettings;
  /** Whether people make organizations themselves. */
  abstract readonly signUp: 'open' | 'closed';
  /** Requests a minute. */
  abstract readonly rateLimits: { perCaller: number; perAddress: number };
  abstract readonly database: {
    appUrl: string;
    serviceUrl: string;
    /** As frontdesk_service, past any transaction-pooling proxy. */
    directServiceUrl: string;
    poolSize: number;
  };
  abstract readonly jobs: { concurrency: number };
  abstract readonly auth: { jwtSecret: string; accessTokenTtlSeconds: number; refreshTokenTtlDays: number };
  /** Who else may vouch for people. */
  abstract readonly identityProviders: readonly IdentityProvider[];
  abstract readonly masterKeys: readonly MasterKey[];
  abstract readonly twilio: { apiBaseUrl: string; contentBaseUrl: string; timeoutMs: number };
  abstract readonly whatsappCloud: { apiBaseUrl: string; timeoutMs: number };
  /** No call of any provider takes longer. */
  abstract readonly longestProviderCallMs: number;
  abstract readonly contactImports: { maxBytes: number };
  /** Files of messages. */
  abstract readonly media: MediaSettings;
  abstract readonly metricsToken: string | undefined;
  abstract readonly logLevel: string;
}

/** `url` with another user and password: the server never uses the administrator's. */
function connectAs(url: string, user: string, password: string): string {
  const target = new URL(url);
  target.username = user;
  target.password = encodeURIComponent(password);
  return target.toString();
}

function readVariables(env: NodeJS.ProcessEnv): { values: Partial<Values>; problems: string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, variable] of Object.entries(VARIABLES) as [string, Variable<unknown>][]) {
    const given = env[name];
    // An empty variable counts as absent: compose files and shells set them so.
    if (given === undefined || given === '') values[name] = variable.fallback;
    else {
      try {
        values[name] = variable.parse(given);
      } catch (error) {
        problems.push(`${name}: ${(error as Error).message}`);
      }
    }
  }
  return { values: values, problems };
}

/** Why host and port make no address that others can call; undefined where they do. */
function unreachable({ HOST, PORT }: Partial<Values>): string | undefined {
  if (PORT === 0) return 'PORT is 0';
  if (HOST === '0.0.0.0' || HOST === '::') return 'HOST is every address of the machine';
  return undefined;
}

/** Twilio keeps content on a host of its own; a stand-in answers everything. */
function contentBaseUrl(apiBaseUrl: string): string {
  return new URL(apiBaseUrl).hostname.endsWith('.twilio.com') ? 'https://content.twilio.com' : apiBaseUrl;
}

/**
 * Reads and checks the environment. Throws a {@link ConfigError} that lists every problem at once, by name and
 * without any value.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const { values, problems } = readVariables(env);
  const production = values.NODE_ENV === 'production';
  const wrong = new Set(problems.map((problem) => problem.split(':')[0]));
  for (const name of production ? ([...REQUIRED_VARIABLES, 'PUBLIC_URL'] as const) : REQUIRED_VARIABLES)
    if (values[name] === undefined && !wrong.has(name))
      problems.push(`${name}: is missing; docs/configuration.md says what it is`);
  if (values.PUBLIC_URL === undefined && !production && !wrong.has('PUBLIC_URL')) {
    const reason = unreachable(values);
    if (reason)
      problems.push(`PUBLIC_URL: is needed where ${reason}, or nobody outside could call a webhook`);
  }
  if (!['SMTP_URL', 'MAIL_DIR', 'MAIL_FROM'].some((name) => wrong.has(name)))
    problems.push(...mailProblems(values, production));
  if (!MEDIA_VARIABLES.some((name) => wrong.has(name))) problems.push(...mediaProblems(values, production));
  problems.push(...identityProviderProblems(values.OIDC_PROVIDERS, production));
  if (problems.length > 0) throw new ConfigError(problems);

  const v = values as Values;
  const direct = v.DATABASE_DIRECT_URL ?? v.DATABASE_URL;
  return {
    production,
    servesApi: v.ROLE !== 'worker',
    runsJobs: v.ROLE !== 'api',
    http: {
      host: v.HOST,
      port: v.PORT,
      publicUrl: v.PUBLIC_URL ?? `http://${isIPv6(v.HOST) ? `[${v.HOST}]` : v.HOST}:${v.PORT}`,
      trustProxyHops: v.TRUST_PROXY_HOPS,
    },
    consoleUrl: v.CONSOLE_URL,
    mail: mailSettings(v),
    signUp: v.SIGN_UP ?? (production ? 'closed' : 'open'),
    rateLimits: { perCaller: v.RATE_LIMIT_PER_MINUTE, perAddress: v.RATE_LIMIT_PUBLIC_PER_MINUTE },
    database: {
      appUrl: connectAs(v.DATABASE_URL, 'frontdesk_app', v.DATABASE_APP_PASSWORD),
      serviceUrl: connectAs(v.DATABASE_URL, 'frontdesk_service', v.DATABASE_SERVICE_PASSWORD),
      directServiceUrl: connectAs(direct, 'frontdesk_service', v.DATABASE_SERVICE_PASSWORD),
      poolSize: v.DATABASE_POOL_SIZE,
    },
    jobs: { concurrency: v.WORKER_CONCURRENCY },
    auth: {
      jwtSecret: v.JWT_SECRET,
      accessTokenTtlSeconds: v.ACCESS_TOKEN_TTL_SECONDS,
      refreshTokenTtlDays: v.REFRESH_TOKEN_TTL_DAYS,
    },
    identityProviders: v.OIDC_PROVIDERS,
    masterKeys: v.MASTER_KEYS,
    twilio: {
      apiBaseUrl: v.TWILIO_API_BASE_URL,
      contentBaseUrl: v.TWILIO_CONTENT_BASE_URL ?? contentBaseUrl(v.TWILIO_API_BASE_URL),
      timeoutMs: v.TWILIO_TIMEOUT_MS,
    },
    whatsappCloud: { apiBaseUrl: v.WHATSAPP_CLOUD_API_BASE_URL, timeoutMs: v.WHATSAPP_CLOUD_TIMEOUT_MS },
    longestProviderCallMs: Math.max(v.TWILIO_TIMEOUT_MS, v.WHATSAPP_CLOUD_TIMEOUT_MS),
    media: mediaSettings(v),
    contactImports: { maxBytes: v.CONTACT_IMPORT_MAX_MB * 1_048_576 },
    metricsToken: v.METRICS_TOKEN,
    logLevel: v.LOG_LEVEL,
  };
}
