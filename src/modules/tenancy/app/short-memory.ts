import { LRUCache } from 'lru-cache';

const SECOND = 1000;

/**
 * Remembers what a lookup said for one second, counted from its start. Promises are kept and not values, so those who
 * ask for the same at the same time share one lookup. A lookup that failed is not remembered.
 */
export class ShortMemory<Value> {
  private readonly kept: LRUCache<string, Promise<Value>>;

  constructor(entries: number, ttl = SECOND) {
    this.kept = new LRUCache({ max: entries, ttl });
  }

  get(key: string, lookUp: () => Promise<Value>): Promise<Value> {
    const known = this.kept.get(key);
    if (known) return known;
    const fresh = lookUp();
    this.kept.set(key, fresh);
    fresh.catch(() => {
      if (this.kept.peek(key) === fresh) this.kept.delete(key);
    });
    return fresh;
  }

  /** The next to ask looks anew. */
  forget(key: string): void {
    this.kept.delete(key);
  }

  /** The same for every key that begins so. Looks at all of them: for rare events, not for requests. */
  forgetAll(beginning: string): void {
    for (const key of [...this.kept.keys()]) if (key.startsWith(beginning)) this.kept.delete(key);
  }
}
