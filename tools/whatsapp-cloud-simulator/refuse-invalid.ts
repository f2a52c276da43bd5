import type { Violation } from '../twilio-simulator/published-api';
import { MetaError } from './errors';

/** @throws MetaError 100 for a request that is not valid by Meta's published description */
export function refuseInvalid([first]: readonly Violation[]): void {
  if (!first) return;
  const { name, detail } = first;
  throw new MetaError(400, 100, {
    message: `(#100) Invalid parameter: ${name === null ? '' : `${name} `}${detail}`,
  });
}
