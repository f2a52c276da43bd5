import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { loadConfig } from '../../src/common/config';
import type { Uuid } from '../../src/common/context';
import { createApp } from '../../src/server';
import { Tenancy } from '../../src/modules/tenancy';
import { prepareDatabase } from '../../tools/database/prepare';
import { freePort, startEmbeddedPostgres } from '../../tools/embedded';
import { startTwilioSimulator, type TwilioSimulator } from '../../tools/twilio-simulator';
import { DEMO_ACCOUNT, DEMO_NUMBER, startWhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { fillContacts, SIZES, SLUGS } from './contact-books';

export const POOL_SIZE = 10;
const PASSWORDS = { appPassword: 'app-password-for-bench', servicePassword: 'service-password-for-bench' };
const ACCOUNT_SID = `AC${'b'.repeat(32)}`;
const AUTH_TOKEN = 'b'.repeat(32);
const NUMBER = '+15550001111';

/** A database with contacts, and the one organization in it that requests are for. */
export interface Book {
  readonly adminUrl: string;
  /** Environment of a product process. */
  readonly env: Readonly<Record<string, string>>;
  readonly orgId: Uuid;
  readonly apiKey: string;
  /** Another one with 1,000 contacts. */
  readonly crowdedOrgId: Uuid;
  /** As administrator. */
  readonly query: <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * Everything that the benchmarks run on: one PostgreSQL with 1,000,000 contacts in 1,000 organizations, and beside it a database
 * of 10,000 in ten of the same size; one simulator of each provider.
 */
export interface World extends Book {
  readonly appUrl: string;
  readonly serviceUrl: string;
  /** The one with 200,000 contacts. */
  readonly largestOrgId: Uuid;
  readonly small: Book;
  /** The phone of a contact of each organization; indexes go to 999. */
  phoneOf(index: number): string;
  readonly simulator: TwilioSimulator;
  readonly accountSid: string;
  readonly authToken: string;
  readonly number: string;
  stop(): Promise<void>;
}

function urlAs(adminUrl: string, user: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = user;
  url.password = password;
  return url.toString();
}

function inDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = name;
  return other.toString();
}

/** Where the simulators listen. */
interface Providers {
  readonly twilio: string;
  readonly meta: string;
}

function environment(adminUrl: string, providers: Providers, port: number): Record<string, string> {
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
    TWILIO_API_BASE_URL: providers.twilio,
    WHATSAPP_CLOUD_API_BASE_URL: providers.meta,
    RATE_LIMIT_PER_MINUTE: '1000000',
    LOG_LEVEL: 'info',
  };
}

/** Makes a database ready and fills it. */
async function makeBook(adminUrl: string, providers: Providers, sizes: readonly number[]): Promise<Book> {
  await prepareDatabase({ adminUrl, ...PASSWORDS });
  const env = environment(adminUrl, providers, await freePort(0));
  const organization = await makeOrganization(env);
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  await fillContacts(admin, sizes);
  const query = async <Row>(sql: string, params: readonly unknown[] = []) =>
    (await admin.query(sql, params as unknown[])).rows as Row[];
  const crowdedOrgId = await idOf(query, SLUGS.alike);
  return { adminUrl, env, ...organization, crowdedOrgId, query, close: () => admin.end() };
}

async function idOf(query: Book['query'], slug: string): Promise<Uuid> {
  const [row] = await query<{ id: Uuid }>('SELECT id FROM organizations WHERE slug = $1', [slug]);
  if (!row) throw new Error(`no organization ${slug}`);
  return row.id;
}

/** Builds the world; takes two minutes. */
export async function makeWorld(): Promise<World> {
  const postgres = await startEmbeddedPostgres({
    dataDir: join(mkdtempSync(join(tmpdir(), 'frontdesk-bench-')), 'postgres'),
    ephemeral: true,
  });
  const simulator = await startTwilioSimulator({ accounts: [{ sid: ACCOUNT_SID, authToken: AUTH_TOKEN }] });
  const cloud = await startWhatsappCloudSimulator();
  cloud.addAccount(DEMO_ACCOUNT);
  cloud.addNumber(DEMO_NUMBER);
  const { adminUrl } = postgres;
  const providers = { twilio: simulator.url, meta: cloud.url };
  const book = await makeBook(adminUrl, providers, SIZES.large);
  await book.query('CREATE DATABASE small');
  const small = await makeBook(inDatabase(adminUrl, 'small'), providers, SIZES.small);
  return {
    ...book,
    appUrl: urlAs(adminUrl, 'frontdesk_app', PASSWORDS.appPassword),
    serviceUrl: urlAs(adminUrl, 'frontdesk_service', PASSWORDS.servicePassword),
    largestOrgId: await idOf(book.query, SLUGS.largest),
    small,
    phoneOf: (index) => `+1555${String(index).padStart(7, '0')}`,
    simulator,
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    number: NUMBER,
    async stop() {
      await small.close();
      await book.close();
      await simulator.close();
      await cloud.close();
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
      'contacts.read',
      'conversations.read',
      'messages.send',
      'webhook_logs.read',
    ],
    createdBy: null,
  });
  await app.close();
  return { orgId, apiKey: secret };
}
