import { NotFound } from '../../../common/errors';

/** Absent, over, or somebody else's. */
export class SessionNotFound extends NotFound {
  readonly code = 'session_not_found';
  constructor() {
    super('There is no such session.');
  }
}
