import { relative } from 'node:path';
import type { DemoSignIn } from './seed';

/** What the person who ran `npm start` wants to know. */
export interface Ready {
  /** Where the server listens, without a trailing slash. */
  readonly url: string;
  readonly embedded: boolean;
  readonly simulatorUrl: string | undefined;
  readonly cloudSimulatorUrl: string | undefined;
  readonly signIn: DemoSignIn | undefined;
  /** The folder where mails are written to; undefined where they are sent. */
  readonly mailFolder: string | undefined;
  /** False for a process that works off jobs alone. */
  readonly servesApi: boolean;
}

/** As short as it can be said. */
function shortPath(path: string): string {
  const short = relative('.', path);
  return short.startsWith('..') ? path : short;
}

function signInLines(url: string, { organization, email, password, file }: DemoSignIn): string[] {
  if (password === undefined) return [`  Sign in      ${email}; its password is not in ${shortPath(file)}`];
  const body = JSON.stringify({ email, password });
  return [
    `  Sign in      ${email}  ${password}`,
    `               (${organization}; kept in ${shortPath(file)}, with an API key)`,
    `               curl -s ${url}/api/v1/auth/sign-in -H 'content-type: application/json' -d '${body}'`,
  ];
}

/** The lines that `npm start` ends with. */
export function banner({
  url,
  embedded,
  simulatorUrl,
  cloudSimulatorUrl,
  signIn,
  mailFolder,
  servesApi,
}: Ready): string {
  return [
    '',
    'Frontdesk is ready.',
    '',
    ...(servesApi
      ? [
          `  API          ${url}/api/v1`,
          `  Swagger UI   ${url}/docs`,
          ...(signIn
            ? signInLines(url, signIn)
            : ['  Sign in      a first organization with its owner is made by npm run organization:create']),
        ]
      : [`  Worker       works off jobs; ${url}/health/ready tells how it is`]),
    ...(embedded ? ['  Database     psql "$(npm run --silent db:url)"'] : []),
    ...(simulatorUrl ? [`  Twilio       the simulator at ${simulatorUrl}; nothing leaves this machine`] : []),
    ...(cloudSimulatorUrl
      ? [`  Meta         the simulator at ${cloudSimulatorUrl}, for its WhatsApp Cloud API`]
      : []),
    ...(mailFolder === undefined ? [] : [`  Mails        files in ${shortPath(mailFolder)}`]),
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}
