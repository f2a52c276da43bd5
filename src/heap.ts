import { setFlagsFromString } from 'node:v8';

/** In percent of what was alive after the last full collection. */
const MOST_GROWTH = 40;

/**
 * Has V8 collect the old generation once it has grown by {@link MOST_GROWTH}. By itself V8 lets it become up to four times as
 * large as what is alive, the more memory the machine has: an import, whose rows live as long as their batch, held 150 MB of
 * garbage. It limits growth between collections, not the heap: what is alive may be as much as ever. Where V8 does not know
 * the setting it says so on stderr and goes on as it would.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${MOST_GROWTH}`);
}
