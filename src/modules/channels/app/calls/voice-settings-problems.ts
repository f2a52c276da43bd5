import { toE164 } from '../../../contacts';
import { reservedWordAdvice } from '../../domain/reserved-word-errors';
import { reservedWordInvitation, type ReservedWords } from '../../domain/reserved-words';
import type { VoiceSettingsProblem } from '../../domain/voice-errors';
import type { VoiceSettingsChange } from '../../domain/voice-settings';

/** Texts that ask for a word that would unsubscribe whoever answers it, or be taken for consent. What stays as it is, is not asked about. */
export function invitationProblems(
  change: VoiceSettingsChange,
  words: ReservedWords,
): VoiceSettingsProblem[] {
  const { greeting, voicemailPrompt, closing, stopPrompt } = change;
  const texts = {
    greeting,
    voicemailPrompt,
    closing,
    stopPrompt,
    'missedCallText.text': change.missedCallText?.text,
  };
  return Object.entries(texts).flatMap(([field, text]): VoiceSettingsProblem[] => {
    const found = typeof text === 'string' ? reservedWordInvitation(text, words) : null;
    return found ? [{ field, code: 'reserved_word', message: reservedWordAdvice(found) }] : [];
  });
}

/** A number that rings itself would never stop. */
export function forwardProblems(numbers: readonly string[], own: readonly string[]): VoiceSettingsProblem[] {
  return numbers.flatMap((number, i): VoiceSettingsProblem[] => {
    const field = `forwardTo.${i}`;
    if (toE164(number) === undefined)
      return [{ field, code: 'e164', message: 'must be a phone number in international form (E.164)' }];
    if (own.includes(number))
      return [{ field, code: 'loop', message: 'is a number of this organization that calls come in on' }];
    return numbers.indexOf(number) < i ? [{ field, code: 'twice', message: 'stands there twice' }] : [];
  });
}
