import { Invalid } from '../../../common/errors';

/** The connection carries messages, not calls. */
export class NotAVoiceConnection extends Invalid {
  readonly code = 'not_a_voice_connection';
  constructor() {
    super('This connection is not for calls.');
  }
}

/** What is wrong with voice settings. */
export interface VoiceSettingsProblem {
  readonly field: string;
  readonly code: 'e164' | 'loop' | 'twice' | 'unknown' | 'channel' | 'required' | 'reserved_word';
  readonly message: string;
}

/** Voice settings that would not do what they say. */
export class VoiceSettingsInvalid extends Invalid {
  readonly code = 'voice_settings_invalid';
  constructor(problems: readonly VoiceSettingsProblem[]) {
    super('These voice settings cannot be kept.', { fields: [...problems] });
  }
}
