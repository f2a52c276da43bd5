import type { ConsentKeyword } from '../../channels';

/**
 * What answers the word. The confirmation of an opt-out is the last thing that the person gets, so it says how to come
 * back.
 */
const TEXTS: Readonly<Record<ConsentKeyword, string>> = {
  opt_out: 'You will get no more messages from us. Reply START to hear from us again.',
  opt_in: 'You are subscribed again. Reply STOP at any time to get no more messages, HELP for help.',
  help: 'A member of our team will answer you here. Reply STOP to get no more messages.',
};

/** The text of the one answer to a consent word. */
export function consentReplyText(keyword: ConsentKeyword): string {
  return TEXTS[keyword];
}

/** True when the answer may be sent whatever the person's consent: it tells them that their word was obeyed. */
export function answersRegardlessOfConsent(keyword: ConsentKeyword): boolean {
  return keyword !== 'help';
}
