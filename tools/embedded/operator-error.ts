/**
 * Something that only the person at the keyboard can put right. The message is one line that says what is
 * wrong and what to do; it is printed as it stands, without a stack trace, and holds no secret.
 */
export class OperatorError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OperatorError';
  }
}
