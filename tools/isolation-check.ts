import { Client } from 'pg';
import { examineCatalogue, PROBED_ROLES, probe, Session, type Finding } from '../src/common/isolation';
import { withDatabase } from './database/environment-of-database';
import { showMigrations } from './database/prepare';
import { OperatorError } from './embedded';
import { Closers } from './start/closers';
import { readDotEnv } from './start/environment';
import { report } from './start/explain';

/** Throws one line where a comparison with this version would mean nothing. */
async function demandThisVersion(client: Client, adminUrl: string): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('public.migrations') IS NOT NULL AS there`,
  );
  const current = rows[0]?.there === true && (await showMigrations(adminUrl)).every(({ applied }) => applied);
  if (!current)
    throw new OperatorError(
      'The database lacks migrations of this version: run npm run migration:run, then check again.',
    );
}

/** An administrator who is no superuser may have to be given our roles first; that, too, is rolled back. */
async function mayBecome(client: Client): Promise<void> {
  for (const role of PROBED_ROLES) {
    await client.query('SAVEPOINT role');
    const may = await client.query(`SET LOCAL ROLE ${role}`).then(
      () => true,
      () => false,
    );
    await client.query('ROLLBACK TO SAVEPOINT role');
    if (may) continue;
    try {
      await client.query(`GRANT ${role} TO CURRENT_USER`);
    } catch (error) {
      throw new OperatorError(
        `DATABASE_URL: its user may not act as ${role}; take a superuser, or who made that role.`,
        { cause: error },
      );
    }
  }
}

/** Everything in one transaction that is rolled back. */
async function examine(adminUrl: string): Promise<{ findings: Finding[]; probed: number }> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await demandThisVersion(client, adminUrl);
    await client.query(
      `BEGIN; SET LOCAL search_path = public; SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '5s'`,
    );
    const session = new Session(client);
    const findings = await examineCatalogue(session.ask);
    if (findings.some(({ problem }) => problem === 'the role does not exist')) return { findings, probed: 0 };
    await mayBecome(client);
    const probes = await probe(session);
    return { findings: [...findings, ...probes.findings], probed: probes.probed };
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    await client.end();
  }
}

/**
 * `npm run isolation:check`: on the database that `npm start` uses. Exit code 0 when nothing is found, 1 with findings, 2 when
 * it could not look.
 */
async function main(): Promise<void> {
  const closers = new Closers();
  try {
    readDotEnv();
    const env = await withDatabase(process.env, closers);
    const { findings, probed } = await examine(env.DATABASE_URL ?? '');
    for (const { check, object, problem, remedy } of findings)
      console.log(`${check}: ${object}: ${problem}. Remedy: ${remedy}`);
    console.log(
      findings.length === 0
        ? `Isolation holds: nothing found, ${probed} tables and partitions probed.`
        : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}, ${probed} tables and partitions probed.`,
    );
    process.exitCode = findings.length === 0 ? 0 : 1;
  } catch (error) {
    report(error);
    process.exitCode = 2;
  }
  for (const failure of await closers.close()) report(failure);
}

void main();
