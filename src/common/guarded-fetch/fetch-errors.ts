/** Why an address is not fetched, and will not be on any later attempt. */
export type FetchRefusal =
  | 'url_not_allowed'
  | 'address_not_public'
  | 'too_many_redirects'
  | 'too_large'
  | 'not_found'
  | 'not_permitted'
  | 'not_plain';

/** It must not or cannot be fetched. The address stays behind: it may be personal, or a secret. */
export class FetchRefused extends Error {
  constructor(readonly code: FetchRefusal) {
    super(`not fetched: ${code}`);
    this.name = 'FetchRefused';
  }
}

/** It could not be fetched this time. */
export class FetchFailed extends Error {
  constructor(readonly code: 'unreachable' | 'timed_out' | 'broken_off' | 'bad_answer') {
    super(`could not be fetched: ${code}`);
    this.name = 'FetchFailed';
  }
}
