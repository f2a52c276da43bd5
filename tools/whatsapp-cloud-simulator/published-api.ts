import type { ArrivedRequest, Violation } from '../twilio-simulator/published-api';

/** What is wrong with a request by Meta's published description; nothing where it is valid. */
export function violationsOf(_request: ArrivedRequest): Violation[] {
  return [];
}
