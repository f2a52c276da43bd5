import type { LoggerService } from '@nestjs/common';
import type { Log } from './log';

/**
 * The framework's own words, through the same door. What it tells at start is constant text and goes out at debug level;
 * of its errors only class and place are kept, since their messages can quote data.
 */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(message: unknown, ...optional: unknown[]): void {
    this.target.debug('framework', { reason: `${contextOf(optional)}: ${String(message)}` });
  }
  debug(message: unknown, ...optional: unknown[]): void {
    this.log(message, ...optional);
  }
  verbose(message: unknown, ...optional: unknown[]): void {
    this.log(message, ...optional);
  }
  warn(message: unknown, ...optional: unknown[]): void {
    this.target.warn('the framework warned', { reason: contextOf(optional), error: message });
  }
  error(message: unknown, ...optional: unknown[]): void {
    this.target.error('the framework reported an error', { reason: contextOf(optional), error: message });
  }
  fatal(message: unknown, ...optional: unknown[]): void {
    this.error(message, ...optional);
  }
}

/** Nest passes the name of the class that speaks as the last argument. */
function contextOf(optional: readonly unknown[]): string {
  const last = optional.at(-1);
  return typeof last === 'string' && last.length < 60 ? last : 'nest';
}
