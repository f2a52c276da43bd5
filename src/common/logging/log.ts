import { types } from 'node:util';
import { Injectable } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { requestContext } from '../context';

/**
 * What may stand in a log line, and nothing else: ids, counts and words of our own. Names, numbers, texts and secrets
 * have no key here, so they cannot be logged by accident.
 */
export interface LogFields {
  readonly requestId?: string;
  readonly orgId?: string;
  readonly actorId?: string;
  readonly actorType?: string;
  readonly method?: string;
  /** The route's pattern, never the address that was called. */
  readonly route?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly job?: string;
  readonly jobId?: string;
  readonly attempt?: number;
  readonly count?: number;
  readonly connectionId?: string;
  readonly messageId?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly role?: string;
  readonly host?: string;
  readonly port?: number;
  /** Logged as its class, code and stack frames: a message can hold data. */
  readonly error?: unknown;
}

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

const ALLOWED: ReadonlySet<string> = new Set<keyof LogFields>([
  'requestId',
  'orgId',
  'actorId',
  'actorType',
  'method',
  'route',
  'status',
  'durationMs',
  'job',
  'jobId',
  'attempt',
  'count',
  'connectionId',
  'messageId',
  'code',
  'reason',
  'role',
  'host',
  'port',
]);

/** Writes JSON lines to standard output, by allow-list. The message is a constant sentence. */
@Injectable()
export class Log {
  private readonly pino: Logger;

  constructor(level: string, destination?: NodeJS.WritableStream) {
    const options = {
      level,
      base: undefined,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label: string) => ({ level: label }) },
    };
    this.pino = destination ? pino(options, destination) : pino(options);
  }

  debug(message: string, fields?: LogFields): void {
    this.write('debug', message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.write('info', message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.write('warn', message, fields);
  }
  error(message: string, fields?: LogFields): void {
    this.write('error', message, fields);
  }
  fatal(message: string, fields?: LogFields): void {
    this.write('fatal', message, fields);
  }

  private write(level: Level, message: string, fields: LogFields = {}): void {
    const context = requestContext();
    const line: Record<string, unknown> = context ? { requestId: context.requestId } : {};
    for (const [key, value] of Object.entries(fields))
      if (ALLOWED.has(key) && value !== undefined) line[key] = value;
    if (fields.error !== undefined) line['error'] = describeError(fields.error);
    this.pino[level](line, message);
  }
}

/** Class, code and the places in our program; not the message, which can quote a value. */
export function describeError(error: unknown): { name: string; code?: string; stack?: string[] } {
  if (!types.isNativeError(error)) return { name: typeof error };
  const { code } = error as { code?: unknown };
  const stack = error.stack === undefined ? undefined : placesIn(error.stack, error.message);
  return {
    name: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(stack ? { stack } : {}),
  };
}

/** A place ends with line and column, but for what the engine does itself. */
const PLACE = /^\s+at .*(?::\d+:\d+|<anonymous>|native)\)?$/;

/** The message stands before the places, and may have lines that look like one: it can quote what somebody wrote. */
function placesIn(stack: string, message: string): string[] {
  const places = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : stack;
  const lines = places.split('\n').filter((line) => PLACE.test(line));
  return lines.slice(0, 8).map((line) => line.trim());
}
