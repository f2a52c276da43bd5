import 'reflect-metadata';
import type { Failure } from './problem-example';

const FAILURES = 'frontdesk:parameter-failures';

/** Notes on a route what one of its parameters can fail with; decorators of parameters run before those of their method. */
export function failsWith(target: object, key: string | symbol, failures: readonly Failure[]): void {
  Reflect.defineMetadata(FAILURES, [...failuresOfParameters(target, key), ...failures], target, key);
}

/** What the parameters of a route can fail with. */
export function failuresOfParameters(target: object, key: string | symbol): readonly Failure[] {
  return (Reflect.getOwnMetadata(FAILURES, target, key) ?? []) as readonly Failure[];
}
