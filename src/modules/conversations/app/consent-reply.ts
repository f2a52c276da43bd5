import type { ConsentKeyword } from '../../channels';

/** True when the answer may be sent whatever the person's consent: it tells them that their word was obeyed. */
export function answersRegardlessOfConsent(keyword: ConsentKeyword): boolean {
  return keyword !== 'help';
}
