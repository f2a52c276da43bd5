import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { loadConfig } from '../../src/common/config';
import { newId, type Uuid } from '../../src/common/context';
import { createApp } from '../../src/server';
import { Tenancy } from '../../src/modules/tenancy';
import { prepareDatabase } from '../../tools/database/prepare';
import { freePort, startEmbeddedPostgres } from '../../tools/embedded';
import { startTwilioSimulator, type TwilioSimulator } from '../../tools/twilio-simulator';

export const ORGANIZATIONS = 1_000;
export const CONTACTS = 1_000_000;
export const POOL_SIZE = 10;
const PASSWORDS = { appPassword: 'app-password-for-bench', servicePassword: 'service-password-for-bench' };
const ACCOUNT_SID = `AC${'b'.repeat(32)}`;
const AUTH_TOKEN = 'b'.repeat(32);
const NUMBER = '+15550001111';

/** Everything that the benchmarks run on: one PostgreSQL, one organization in use among a thousand, one simulator. */
export interface World {
  readonly adminUrl: string;
  readonly appUrl: string;
  readonly serviceUrl: string;
  /** Environment of a product process. */
  readonly env: Readonly<Record<string, string>>;
  readonly orgId: Uuid;
  readonly apiKey: string;
  /** An organization with its share of the contacts. */
  readonly crowdedOrgId: Uuid;
  phoneOf(index: number): string;
  readonly simulator: TwilioSimulator;
  readonly accountSid: string;
  readonly authToken: string;
  readonly number: string;
  /** As administrator. */
  query<Row>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

function urlAs(adminUrl: string, user: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = user;
  url.password = password;
  return url.toString();
}

function environment(adminUrl: string, simulatorUrl: string, port: number): Record<string, string> {
  return {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: adminUrl,
    DATABASE_APP_PASSWORD: PASSWORDS.appPassword,
    DATABASE_SERVICE_PASSWORD: PASSWORDS.servicePassword,
    DATABASE_POOL_SIZE: String(POOL_SIZE),
    JWT_SECRET: 'a-secret-for-benchmarks-long-enough',
    MASTER_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
    TWILIO_API_BASE_URL: simulatorUrl,
    RATE_LIMIT_PER_MINUTE: '1000000',
    LOG_LEVEL: 'info',
  };
}

/** Contacts are made in bulk, past triggers: what is measured is reading them. */
const FILL = `
  INSERT INTO organizations (id, name, slug) SELECT new_uuid_v7(), 'Organization ' || i, 'organization-' || i FROM generate_series(1, ${ORGANIZATIONS}) i;
  INSERT INTO contacts (org_id, id, name, phone, created_at)
    SELECT o.id, new_uuid_v7(), 'Contact ' || i, '+1555' || lpad(i::text, 7, '0'), now() - make_interval(mins => i)
    FROM (SELECT id, row_number() OVER () AS n FROM organizations WHERE slug LIKE 'organization-%') o,
      generate_series(0, ${CONTACTS / ORGANIZATIONS - 1}) i;
  ANALYZE;`;

/** Builds the world; takes about half a minute. */
export async function makeWorld(): Promise<World> {
  const postgres = await startEmbeddedPostgres({
    dataDir: join(mkdtempSync(join(tmpdir(), 'frontdesk-bench-')), 'postgres'),
    ephemeral: true,
  });
  const simulator = await startTwilioSimulator({ accounts: [{ sid: ACCOUNT_SID, authToken: AUTH_TOKEN }] });
  const { adminUrl } = postgres;
  await prepareDatabase({ adminUrl, ...PASSWORDS });
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`SET session_replication_role = replica; ${FILL}; RESET session_replication_role`);
  const env = environment(adminUrl, simulator.url, await freePort(0));
  const { orgId, apiKey } = await makeOrganization(env);
  const { rows } = await admin.query<{ id: Uuid }>(
    `SELECT id FROM organizations WHERE slug = 'organization-500'`,
  );
  return {
    adminUrl,
    appUrl: urlAs(adminUrl, 'frontdesk_app', PASSWORDS.appPassword),
    serviceUrl: urlAs(adminUrl, 'frontdesk_service', PASSWORDS.servicePassword),
    env,
    orgId,
    apiKey,
    crowdedOrgId: rows[0]?.id ?? newId(),
    phoneOf: (index) => `+1555${String(index).padStart(7, '0')}`,
    simulator,
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    number: NUMBER,
    query: async <Row>(sql: string, params: readonly unknown[] = []) =>
      (await admin.query(sql, params as unknown[])).rows as Row[],
    async stop() {
      await admin.end();
      await simulator.close();
      await postgres.stop();
    },
  };
}

/** The organization that the requests are for, made by the program's own use cases. */
async function makeOrganization(
  env: Readonly<Record<string, string>>,
): Promise<{ orgId: Uuid; apiKey: string }> {
  const app = await createApp(loadConfig({ ...env, ROLE: 'api', LOG_LEVEL: 'silent' }));
  await app.init();
  const tenancy = app.get(Tenancy, { strict: false });
  const { orgId } = await tenancy.createOrganization({
    name: 'Bench',
    slug: 'bench',
    timezone: 'UTC',
    defaultCountry: 'US',
    owner: {
      email: 'bench@frontdesk.example',
      password: 'a password for benchmarks',
      firstName: 'B',
      lastName: 'Ench',
    },
  });
  const { secret } = await tenancy.createApiKey(orgId, {
    name: 'bench',
    scopes: [
      'connections.manage',
      'connections.read',
      'contacts.import',
      'conversations.read',
      'webhook_logs.read',
    ],
    createdBy: null,
  });
  await app.close();
  return { orgId, apiKey: secret };
}
