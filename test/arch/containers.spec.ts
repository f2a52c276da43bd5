import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/common/config/variables';
import { ROOT } from './cruise';

interface Service {
  image?: string;
  command?: string[];
  ports?: string[];
  environment: Record<string, string>;
}
interface Compose {
  services: Record<string, Service>;
}

/** What a process of the server must be given in production (src/common/config). */
const REQUIRED = [
  ...[
    'PUBLIC_URL',
    'DATABASE_URL',
    'DATABASE_APP_PASSWORD',
    'DATABASE_SERVICE_PASSWORD',
    'JWT_SECRET',
    'MASTER_KEYS',
    'SMTP_URL',
    'MAIL_FROM',
  ],
];
const SECRET = /PASSWORD|SECRET|MASTER_KEYS|SMTP_URL/;

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const readCompose = (text: string): Compose => parse(text, { merge: true }) as Compose;

/** The instructions of the last stage of a Dockerfile, continued lines joined: `USER 1000:1000`. */
function lastStage(dockerfile: string): string[] {
  const lines = dockerfile
    .replace(/^\s*#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
}

/** What is wrong with the image that a Dockerfile makes. */
function imageFaults(dockerfile: string): string[] {
  const stage = lastStage(dockerfile);
  const last = (name: string): string =>
    stage.findLast((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
  const faults: string[] = [];
  if (!/^[1-9]\d*(:\d+)?$/.test(last('USER'))) faults.push('runs as root');
  if (!last('HEALTHCHECK').includes('/health/live')) faults.push('has no health check');
  if (last('CMD') !== '["node", "dist/src/main.js"]') faults.push('does not start the server as process 1');
  if (dockerfile.split('\n').some((line) => /npm ci\b(?!.*--ignore-scripts)/.test(line)))
    faults.push('runs install scripts');
  return faults;
}

/** What is wrong with the environment that a compose file gives to its services. */
function environmentFaults({ services }: Compose): string[] {
  return Object.entries(services).flatMap(([name, { environment, image }]) => {
    const faults: string[] = [];
    const ours = image?.startsWith('frontdesk') === true;
    for (const [variable, value] of Object.entries(environment)) {
      if (ours && !(variable in VARIABLES)) faults.push(`${name}: ${variable} is read by nothing`);
      if (SECRET.test(variable) && !/^\$\{\w+:\?.+\}$/.test(value))
        faults.push(`${name}: ${variable} has a default`);
    }
    if (ours && 'ROLE' in environment) {
      for (const variable of REQUIRED)
        if (!(variable in environment)) faults.push(`${name}: ${variable} is missing`);
      if (environment.DATABASE_URL?.includes('@') === true) faults.push(`${name}: knows the administrator`);
    }
    return faults;
  });
}

describe('the Dockerfile', () => {
  const real = read('Dockerfile');

  it.each([
    ['runs as root', real.replace(/^USER .*$/m, '')],
    ['runs as root', real.replace(/^USER .*$/m, 'USER root')],
    ['has no health check', real.replace('/health/live', '/')],
    ['does not start the server as process 1', real.replace(/^CMD .*$/m, 'CMD npm start')],
    ['runs install scripts', real.replace('npm ci --ignore-scripts', 'npm ci')],
  ])('a planted fault is named: %s', (fault, dockerfile) => {
    expect(imageFaults(dockerfile)).toEqual([fault]);
  });

  it('has none', () => {
    expect(imageFaults(real)).toEqual([]);
  });
});

describe('the compose file', () => {
  const real = read('compose.yaml');

  it.each([
    ['api: JWT_SECRET has a default', /JWT_SECRET: .*/, 'JWT_SECRET: ${JWT_SECRET:-change-me}'],
    ['api: JWT_SECRET is missing', /JWT_SECRET: .*/, ''],
    ['api: SMTP_URL is missing', /SMTP_URL: .*/, ''],
    ['api: SMTP_URL has a default', /SMTP_URL: .*/, 'SMTP_URL: ${SMTP_URL:-smtp://localhost}'],
    [
      'api: JWT_SECRETS is read by nothing',
      /JWT_SECRET: (.*)/,
      'JWT_SECRET: $1\n  JWT_SECRETS: ${JWT_SECRET:?both}',
    ],
    ['api: knows the administrator', 'postgres://postgres:5432', 'postgres://admin:x@postgres:5432'],
    ['postgres: POSTGRES_PASSWORD has a default', /POSTGRES_PASSWORD: .*/, 'POSTGRES_PASSWORD: postgres'],
  ])('a planted fault is named: %s', (fault, search, replacement) => {
    expect(environmentFaults(readCompose(real.replace(search, replacement)))).toContain(fault);
  });

  it('has none', () => {
    expect(environmentFaults(readCompose(real))).toEqual([]);
  });

  it('migrates once, as the administrator, then serves and works', () => {
    const { services } = readCompose(real);
    expect(Object.keys(services)).toEqual(['postgres', 'migrate', 'api', 'worker']);
    expect(services.migrate?.command).toEqual(['node', 'dist/tools/migrate.js', 'run']);
    expect(services.api?.environment.ROLE).toBe('api');
    expect(services.worker?.environment.ROLE).toBe('worker');
  });

  it('opens the API to this machine alone: a proxy with TLS stands before it', () => {
    const { services } = readCompose(real);
    expect(services.api?.ports).toEqual(['127.0.0.1:${PORT:-3000}:3000']);
    for (const name of ['postgres', 'migrate', 'worker']) expect(services[name]?.ports).toBeUndefined();
  });
});
