import {
  httpUrl,
  identityProviders,
  integer,
  mailSender,
  masterKeys,
  oneOf,
  postgresUrl,
  secret,
  smtpUrl,
  text,
} from './variable';

/** Every variable that the program reads, and nothing else reads the environment. docs/configuration.md is made from this table. */
export const VARIABLES = {
  NODE_ENV: oneOf(['development', 'production', 'test'], {
    describe:
      'production refuses every generated default: keys, passwords and the public address must be given.',
    fallback: 'development',
  }),
  ROLE: oneOf(['all', 'api', 'worker'], {
    describe:
      'What this process does: serve HTTP, work off jobs and schedules, or both. A worker serves health and metrics only.',
    fallback: 'all',
  }),
  HOST: text({ describe: 'Address to listen on.', fallback: '127.0.0.1' }),
  PORT: integer(
    { min: 0, max: 65535 },
    { describe: 'Port to listen on; 0 picks a free one.', fallback: 3000 },
  ),
  PUBLIC_URL: httpUrl({
    describe:
      'The address under which the outside reaches this server. Webhook signatures are checked against it, never against the Host header.',
    defaultText: '`http://HOST:PORT` outside production, unless PORT is 0 or HOST is `0.0.0.0` or `::`',
  }),
  CONSOLE_URL: httpUrl({
    describe:
      'The address of a console, to which the links in mails lead (`/accept-invitation`, `/reset-password`, `/confirm-sign-up`, each with `#token=`: what stands behind `#` reaches no server and no log). Without it a mail holds the token and names the request that takes it.',
  }),
  TRUST_PROXY_HOPS: integer(
    { min: 0, max: 10 },
    {
      describe: 'How many reverse proxies stand in front; that many X-Forwarded-For entries are believed.',
      fallback: 0,
    },
  ),
  FRONTDESK_DATA_DIR: text({
    describe:
      'Where `npm start` keeps the embedded PostgreSQL and the generated secrets; back it up as a whole.',
    fallback: '.frontdesk',
  }),
  DATABASE_URL: postgresUrl({
    describe:
      'PostgreSQL 15 to 18. `npm start` and the migrations connect as its user, who must be allowed to create roles; the server itself takes host and database from it and connects as frontdesk_app and frontdesk_service.',
    defaultText: 'the embedded PostgreSQL',
    secret: true,
  }),
  DATABASE_DIRECT_URL: postgresUrl({
    describe: 'The same database past a transaction-pooling proxy; jobs listen there.',
    defaultText: '`DATABASE_URL`',
    secret: true,
  }),
  DATABASE_APP_PASSWORD: secret(16, {
    describe: 'Password of the role frontdesk_app, which serves requests.',
    defaultText: 'made at first start for the embedded PostgreSQL',
  }),
  DATABASE_SERVICE_PASSWORD: secret(16, {
    describe: 'Password of the role frontdesk_service, which works off jobs and takes in webhooks.',
    defaultText: 'made at first start for the embedded PostgreSQL',
  }),
  DATABASE_POOL_SIZE: integer(
    { min: 2, max: 200 },
    { describe: 'Connections per pool (requests; jobs and intake).', fallback: 10 },
  ),
  WORKER_CONCURRENCY: integer(
    { min: 1, max: 100 },
    { describe: 'Jobs that one process works on at the same time.', fallback: 8 },
  ),
  JWT_SECRET: secret(32, {
    describe: 'Signs access tokens and page cursors.',
    defaultText: 'made at first start for the embedded PostgreSQL',
  }),
  ACCESS_TOKEN_TTL_SECONDS: integer(
    { min: 60, max: 3600 },
    { describe: 'How long an access token is valid.', fallback: 900 },
  ),
  REFRESH_TOKEN_TTL_DAYS: integer(
    { min: 1, max: 365 },
    { describe: 'How long a sign-in can be prolonged without use.', fallback: 30 },
  ),
  OIDC_PROVIDERS: identityProviders({
    describe:
      'OpenID Connect providers whose bearer tokens are taken: `[{"issuer": "https://…", "audience": "…"}]`, and in each as wished `jwksUrl` (otherwise discovered), `organizationClaim` (otherwise `organization`; holds an id, or a slug if `organizations` is said), `organizations` (ids: its word counts in these alone) and `emailDomains` (it vouches for addresses in these alone). Without these two it is trusted with everybody in every organization. https in production.',
    fallback: [],
    defaultText: 'none',
  }),
  MASTER_KEYS: masterKeys({
    describe:
      "Keys that wrap the organizations' data keys: `id:key[,id:key…]`, 32 bytes each in base64, newest first. The first encrypts, all decrypt.",
    defaultText: 'made at first start for the embedded PostgreSQL',
  }),
  TWILIO_API_BASE_URL: httpUrl({
    describe: "Twilio's REST API, or a stand-in that speaks it.",
    fallback: 'https://api.twilio.com',
    defaultText:
      '`https://api.twilio.com`; `npm start` with the embedded PostgreSQL starts the local simulator and uses that',
  }),
  TWILIO_CONTENT_BASE_URL: httpUrl({
    describe: "Twilio's Content API, from which templates are read, or a stand-in that speaks it.",
    defaultText: '`https://content.twilio.com`; `TWILIO_API_BASE_URL` where that is no host of Twilio',
  }),
  TWILIO_TIMEOUT_MS: integer(
    { min: 100, max: 120_000 },
    {
      describe: "How long a call to Twilio's REST API may take before its outcome counts as unknown.",
      fallback: 15_000,
    },
  ),
  WHATSAPP_CLOUD_API_BASE_URL: httpUrl({
    describe:
      "Meta's Graph API, or a stand-in that speaks it; the version of the API is the program's own choice.",
    fallback: 'https://graph.facebook.com',
    defaultText:
      '`https://graph.facebook.com`; `npm start` with the embedded PostgreSQL starts the local simulator and uses that',
  }),
  WHATSAPP_CLOUD_TIMEOUT_MS: integer(
    { min: 100, max: 120_000 },
    {
      describe: "How long a call to Meta's Graph API may take before its outcome counts as unknown.",
      fallback: 15_000,
    },
  ),
  SMTP_URL: smtpUrl({
    describe:
      'The server that mails are handed to: `smtps://user:password@host:465` speaks TLS from the start, `smtp://user:password@host:587` by STARTTLS, which must succeed, except with `?tls=off` or where the host is this machine (there `?tls=required` demands it).',
  }),
  MAIL_DIR: text({
    describe:
      'A folder for mails in place of SMTP: an `.eml` file a mail and its text beside it as `.txt`, readable by their owner alone.',
    defaultText: '`mails` in FRONTDESK_DATA_DIR, outside production and without SMTP_URL',
  }),
  MAIL_FROM: mailSender({
    describe: 'The sender of mails: an address, or `Name <address>`.',
    defaultText: '`Frontdesk <frontdesk@localhost>` for a folder',
  }),
  RATE_LIMIT_PER_MINUTE: integer(
    { min: 1, max: 1_000_000 },
    {
      describe:
        'Requests that one API key or one user has at once, and again each minute, in one process. Beyond that: 429.',
      fallback: 1_200,
    },
  ),
  RATE_LIMIT_PUBLIC_PER_MINUTE: integer(
    { min: 1, max: 1_000_000 },
    {
      describe:
        'The same for one client address and the routes that need no credential but cost something, such as signing in.',
      fallback: 300,
    },
  ),
  SIGN_UP: oneOf(['open', 'closed'], {
    describe:
      'open: people make organizations themselves, once they confirmed their address. closed: the platform owner and `npm run organization:create` alone make them.',
    defaultText: '`open`; `closed` in production, where inviting the world is a decision',
  }),
  CONTACT_IMPORT_MAX_MB: integer(
    { min: 1, max: 4096 },
    { describe: 'How large a file of contacts to be imported may be, in MB.', fallback: 256 },
  ),
  MEDIA_DIR: text({
    describe: 'The folder that keeps the files of messages. Every process needs the same one.',
    defaultText: '`media` in FRONTDESK_DATA_DIR, outside production and without S3_BUCKET',
  }),
  MEDIA_MAX_MB: integer(
    { min: 1, max: 100 },
    { describe: 'How large one file of a message may be, in MB. Twilio carries 16.', fallback: 16 },
  ),
  S3_BUCKET: text({ describe: 'A bucket for the files of messages, in place of MEDIA_DIR.' }),
  S3_ENDPOINT: httpUrl({
    describe: 'Where S3_BUCKET is, when not at AWS: the address of what speaks the same language.',
    defaultText: 'AWS, in S3_REGION',
  }),
  S3_REGION: text({
    describe: 'The region of S3_BUCKET; needed at AWS.',
    defaultText: '`us-east-1` with S3_ENDPOINT',
  }),
  S3_ACCESS_KEY_ID: text({
    describe: 'The key that opens S3_BUCKET.',
    defaultText: 'found where AWS puts it: environment, profile, role of the machine',
  }),
  S3_SECRET_ACCESS_KEY: secret(8, { describe: 'The secret of S3_ACCESS_KEY_ID.' }),
  METRICS_TOKEN: secret(16, {
    describe: 'Bearer token for /metrics. Without it /metrics does not exist.',
    defaultText: 'made at first start for the embedded PostgreSQL; otherwise none, and /metrics answers 404',
  }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
    describe: 'What is logged.',
    fallback: 'info',
  }),
} as const;
