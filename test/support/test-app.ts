import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request, { type Agent } from 'supertest';
import { AppModule } from '../../src/app.module';
import { loadConfig } from '../../src/common/config';
import { Database } from '../../src/common/database';
import { Log } from '../../src/common/logging';
import { PasswordHasher } from '../../src/modules/tenancy/app/password-hasher';
import { createApp } from '../../src/server';
import { freePort } from '../../tools/embedded';
import { aDatabase, ROLE_PASSWORDS, type TestDatabase } from './databases';
import { flushRecord, recordLog, secretSettings } from './run-record';

/** The whole program, listening on 127.0.0.1, on a database of its own. */
export interface TestApp {
  readonly nest: NestFastifyApplication;
  /** `http://127.0.0.1:port`, which is also PUBLIC_URL. */
  readonly url: string;
  /** As administrator. */
  readonly db: TestDatabase;
  /** The program's own way to the database. */
  readonly database: Database;
  /** Where its mails are; there once it sent one. */
  readonly mailFolder: string;
  /** Where its files are; there once it stored one. */
  readonly mediaFolder: string;
  /** Every line that was logged so far. */
  readonly logs: readonly string[];
  http(): Agent;
  /** Waits until no job is due or running. Scheduled retries in the future do not count. */
  settled(): Promise<void>;
  /** Stops the program and drops the database, unless that was passed in. */
  stop(): Promise<void>;
}

export interface TestAppOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** To start a second process on the same data. */
  readonly db?: TestDatabase;
  /** Job handlers, listeners and the like that exist in this test only. */
  readonly providers?: readonly Provider[];
}

@Module({})
class TestModule {}

/** Nearly every test signs somebody in: at what a password costs in earnest this took a good part of the whole run. */
const CHEAP: PasswordHasher['cost'] = { memoryCost: 1_024, timeCost: 1, parallelism: 1 };

/** Programs on one database share their mails, as they share everything. */
function mailFolderOf({ adminUrl }: Pick<TestDatabase, 'adminUrl'>): string {
  return join(tmpdir(), `${new URL(adminUrl).pathname.slice(1)}-mails`);
}

function mediaFolderOf({ adminUrl }: Pick<TestDatabase, 'adminUrl'>): string {
  return join(tmpdir(), `${new URL(adminUrl).pathname.slice(1)}-media`);
}

/** Settings of a program under test. */
export function testEnvironment(db: Pick<TestDatabase, 'adminUrl'>, port: number): Record<string, string> {
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATABASE_URL: db.adminUrl,
    DATABASE_APP_PASSWORD: ROLE_PASSWORDS.appPassword,
    DATABASE_SERVICE_PASSWORD: ROLE_PASSWORDS.servicePassword,
    DATABASE_POOL_SIZE: '5',
    WORKER_CONCURRENCY: '4',
    JWT_SECRET: 'a-secret-for-tests-that-is-long-enough',
    MASTER_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    METRICS_TOKEN: 'metrics-token-for-tests',
    // A port where nothing listens: a test that sends brings a simulator.
    TWILIO_API_BASE_URL: 'http://127.0.0.1:9',
    TWILIO_TIMEOUT_MS: '5000',
    WHATSAPP_CLOUD_API_BASE_URL: 'http://127.0.0.1:9',
    WHATSAPP_CLOUD_TIMEOUT_MS: '5000',
    MAIL_DIR: mailFolderOf(db),
    MEDIA_DIR: mediaFolderOf(db),
    // Tests ask faster than anyone: those about limits set their own.
    RATE_LIMIT_PER_MINUTE: '1000000',
    RATE_LIMIT_PUBLIC_PER_MINUTE: '1000000',
    LOG_LEVEL: 'debug',
  };
}

export async function testApp({
  env = {},
  db: given,
  providers = [],
}: TestAppOptions = {}): Promise<TestApp> {
  const db = given ?? (await aDatabase());
  const port = await freePort(0);
  const logs: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const line = chunk.toString();
      logs.push(line);
      recordLog(line);
      done();
    },
  });
  const settings = { ...testEnvironment(db, port), ...env };
  secretSettings(settings);
  const config = loadConfig(settings);
  const log = new Log(config.logLevel, sink);
  const root: DynamicModule = {
    module: TestModule,
    imports: [AppModule.with(config, log)],
    providers: [...providers],
  };
  const nest = await createApp(config, log, root);
  Object.assign(nest.get(PasswordHasher, { strict: false }), { cost: CHEAP });
  await nest.listen(port, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  return {
    nest,
    url,
    db,
    database: nest.get(Database),
    mailFolder: mailFolderOf(db),
    mediaFolder: mediaFolderOf(db),
    logs,
    http: () => request(url),
    settled: () => settled(db),
    async stop() {
      await nest.close();
      flushRecord();
      if (given) return;
      rmSync(mailFolderOf(db), { recursive: true, force: true });
      rmSync(mediaFolderOf(db), { recursive: true, force: true });
      await db.drop();
    },
  };
}

async function settled(db: TestDatabase): Promise<void> {
  for (let i = 0; i < 1200; i++) {
    const [row] = await db.query<{ busy: string }>(
      `SELECT count(*) AS busy FROM graphile_worker._private_jobs
       WHERE locked_at IS NOT NULL OR (attempts < max_attempts AND run_at <= now())`,
    );
    if (row?.busy === '0') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('jobs are still due after a minute');
}
