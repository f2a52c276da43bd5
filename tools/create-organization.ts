import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/common/config';
import { RuleError } from '../src/common/errors';
import { Log } from '../src/common/logging';
import { Tenancy, type NewOrganization } from '../src/modules/tenancy';
import { createApp } from '../src/server';
import { withDatabase } from './database/environment-of-database';
import { OperatorError } from './embedded';
import { Closers } from './start/closers';
import { readDotEnv } from './start/environment';
import { report } from './start/explain';

const USAGE =
  'Say: npm run organization:create -- --name "Sunrise Clinic" --slug sunrise --email owner@sunrise.example ' +
  '[--first-name Olga] [--last-name Owner] [--timezone Europe/Berlin] [--country DE] [--platform-owner]';

/** What is asked for, with a password that nobody has seen yet. Throws an {@link OperatorError} with the usage. */
function wanted(): NewOrganization & { readonly owner: { readonly password: string } } {
  const options = {
    name: { type: 'string' },
    slug: { type: 'string' },
    email: { type: 'string' },
    'first-name': { type: 'string', default: '' },
    'last-name': { type: 'string', default: '' },
    timezone: { type: 'string', default: 'UTC' },
    country: { type: 'string', default: 'US' },
    'platform-owner': { type: 'boolean', default: false },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new OperatorError(USAGE, { cause: error });
  }
  const { name, slug, email, timezone, country } = values;
  if (!name || !slug || !email) throw new OperatorError(USAGE);
  return {
    name,
    slug,
    timezone,
    defaultCountry: country,
    isPlatformOwner: values['platform-owner'],
    owner: {
      email,
      password: randomBytes(15).toString('base64url'),
      firstName: values['first-name'],
      lastName: values['last-name'],
    },
  };
}

/** True when the owner has the password. Throws one line that says what is wrong with the organization. */
async function create(env: NodeJS.ProcessEnv, organization: NewOrganization): Promise<boolean> {
  const app = await createApp(loadConfig({ ...env, ROLE: 'api' }), new Log('silent'));
  try {
    await app.init();
    const made = await app.get(Tenancy, { strict: false }).createOrganization(organization);
    return made.isPasswordSet;
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const fields = error.fields.map(({ message }) => message).join('; ');
    throw new OperatorError([error.message, fields].filter(Boolean).join(' '), { cause: error });
  } finally {
    await app.close();
  }
}

/** `npm run organization:create`: an organization and its owner, in the database that `npm start` uses. */
async function main(): Promise<void> {
  const closers = new Closers();
  try {
    const organization = wanted();
    readDotEnv();
    const isPasswordSet = await create(await withDatabase(process.env, closers), organization);
    const { email, password } = organization.owner;
    console.log(
      isPasswordSet
        ? `${organization.name} is there. Its owner signs in as ${email} with this password, shown once: ${password}`
        : `${organization.name} is there. Its owner is a user already, and signs in as ${email} with the password they have.`,
    );
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
  for (const failure of await closers.close()) report(failure);
}

void main();
