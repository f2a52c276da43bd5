import type { IncomingMessage } from 'node:http';
import { TwilioError, twilioMessage } from './errors';
import type { ArrivedRequest, Violation } from './published-api';

/** Enough to see what is wrong; a client that loops must not fill the memory. */
const KEPT = 1_000;

/** What was wrong with requests by a provider's published description. The oldest are kept: they are the cause. */
export class Violations {
  #kept: Violation[] = [];

  constructor(private readonly violationsOf: (request: ArrivedRequest) => Violation[]) {}

  /** Checks a request and keeps what is wrong with it. */
  check({ method = '', url = '', headers }: IncomingMessage, body: Buffer): readonly Violation[] {
    const found = this.violationsOf({ method, target: url, headers, body });
    this.#kept.push(...found.slice(0, KEPT - this.#kept.length));
    return found;
  }

  list(): Violation[] {
    return this.#kept.map((violation) => ({ ...violation }));
  }

  /** Forgets all of them; answers how many there were. */
  clear(): number {
    const { length } = this.#kept;
    this.#kept = [];
    return length;
  }
}

/** @throws TwilioError 20001 for a request that is not valid */
export function refuseInvalid([first]: readonly Violation[]): void {
  if (!first) return;
  const { name, detail } = first;
  throw new TwilioError(400, 20001, `${twilioMessage(20001)}: ${name === null ? '' : `${name} `}${detail}`);
}
