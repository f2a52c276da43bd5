import { ConfigError } from '../../src/common/config';
import { OperatorError } from '../embedded';
import { databaseRemedy } from './check-database';

/** One line for the person at the keyboard: what is wrong and what to do, without a stack trace or a secret. */
export function explain(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  if (error instanceof ConfigError)
    return `The environment (or .env) is not right: ${error.problems.join('; ').replaceAll('\n', ' ')}.`;
  const message = error instanceof Error ? error.message : String(error);
  return (
    databaseRemedy(error) ??
    `Frontdesk could not start: ${message.split('\n')[0] ?? ''} (LOG_LEVEL=debug shows where it happened)`
  );
}

/** Prints {@link explain}'s line, and the stack only where it is asked for. */
export function report(error: unknown): void {
  console.error(explain(error));
  if (process.env.LOG_LEVEL === 'debug') console.error(error);
}
