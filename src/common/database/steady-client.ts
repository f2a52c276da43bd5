import { Client, type ClientConfig } from 'pg';

/**
 * A connection whose loss never ends the process. Node ends it for an `error` event that nobody listens to, and a client that
 * is lent out has at most one listener, for one event; a database that is shut down causes two. Whoever waits for a
 * statement is told by its failure.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
