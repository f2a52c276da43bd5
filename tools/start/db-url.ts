import { OperatorError } from '../embedded';
import { readDotEnv } from './environment';
import { report } from './explain';
import { runningDatabaseUrl } from './running-database';

/** `npm run --silent db:url`: a connection string for psql, and nothing else, on stdout. */
function main(): void {
  try {
    readDotEnv();
    const url = runningDatabaseUrl(process.env);
    if (url === undefined)
      throw new OperatorError('The embedded PostgreSQL is not running: npm start starts it.');
    console.log(url);
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
}

main();
