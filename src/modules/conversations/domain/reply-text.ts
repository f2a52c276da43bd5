import { TextNotSendable } from './errors';

/** Twilio takes 1,600 characters (error 21617). https://www.twilio.com/docs/api/errors/21617 */
export const MAX_TEXT = 1600;

/** Checks a text before it is stored and sent; it is sent as it is. Throws {@link TextNotSendable}. */
export function checkText(text: string): void {
  if (text.trim() === '') throw new TextNotSendable('blank', 'text must not be blank');
  const length = Array.from(text).length;
  if (length > MAX_TEXT)
    throw new TextNotSendable(
      'too_long',
      `text takes at most ${MAX_TEXT} characters; this one has ${length}`,
    );
}
