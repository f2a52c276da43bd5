import { Invalid } from '../../../common/errors';

/** What is found by similarity has an order of its own. */
export class SimilarNotSorted extends Invalid {
  readonly code = 'similar_not_sorted';
  constructor() {
    const message = 'sort cannot be given with similar: the most similar come first';
    super('Some fields are not right.', { fields: [{ field: 'sort', code: 'similar_not_sorted', message }] });
  }
}
