import { AsyncLocalStorage } from 'node:async_hooks';
import type { Uuid } from './uuid';

/** What is known about the request or job at hand from its first moment. Used for correlation only. */
export interface RequestContext {
  readonly requestId: Uuid;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` with `context` at hand in everything it awaits. */
export function withRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the request or job at hand, if there is one. */
export function requestContext(): RequestContext | undefined {
  return storage.getStore();
}
