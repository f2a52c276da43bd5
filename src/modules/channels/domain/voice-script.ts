import type { CallScript, CallStep, SpokenWords } from './call-script';
import type { CallEnd } from './call-report';
import type { VoiceSettings } from './voice-settings';

/** Where the provider comes back to. */
export interface CallUrls {
  readonly dialed: string;
  readonly voicemail: string;
  readonly recording: string;
}

/** Somebody calls: a greeting, then staff where somebody is there, else voicemail or the closing word. */
export function answerScript(settings: VoiceSettings, urls: CallUrls, staffed: boolean): CallScript {
  const greeting = settings.greeting === null ? [] : [say(settings, settings.greeting)];
  if (!forwards(settings, staffed)) return [...greeting, ...unansweredScript(settings, urls)];
  const { forwardTo: to, forwardTimeoutSeconds: timeoutSeconds } = settings;
  return [...greeting, { kind: 'forward', to, timeoutSeconds, doneUrl: urls.dialed }];
}

/** Whether a call that comes in now rings at somebody's. */
export function forwards({ forwardTo }: VoiceSettings, staffed: boolean): boolean {
  return staffed && forwardTo.length > 0;
}

/** Forwarding is over. */
export function afterForward(settings: VoiceSettings, urls: CallUrls, end: CallEnd): CallScript {
  return end === 'answered' ? [{ kind: 'hang_up' }] : unansweredScript(settings, urls);
}

/** The caller has left a message. */
export function afterVoicemail(settings: VoiceSettings): CallScript {
  return [say(settings, settings.closing), { kind: 'hang_up' }];
}

/** A message that is spoken to somebody, who can end such calls by a key. */
export function messageScript(settings: VoiceSettings, text: string, keyUrl: string): CallScript {
  return [
    { kind: 'ask_key', words: [words(settings, text), words(settings, settings.stopPrompt)], url: keyUrl },
    { kind: 'hang_up' },
  ];
}

/** The key that ends calls of ours to a person. */
export const STOP_KEY = '9';

/** After a key was pressed: it is confirmed where it ended such calls. */
export function afterKey(settings: VoiceSettings, key: string | null): CallScript {
  return key === STOP_KEY ? [say(settings, settings.closing), { kind: 'hang_up' }] : [{ kind: 'hang_up' }];
}

function unansweredScript(settings: VoiceSettings, urls: CallUrls): CallScript {
  const { voicemailEnabled, voicemailPrompt: prompt, voicemailMaxSeconds: maxSeconds } = settings;
  if (!voicemailEnabled) return afterVoicemail(settings);
  return [
    ...(prompt === null ? [] : [say(settings, prompt)]),
    { kind: 'record', maxSeconds, doneUrl: urls.voicemail, readyUrl: urls.recording },
  ];
}

function say(settings: VoiceSettings, text: string): CallStep {
  return { kind: 'say', ...words(settings, text) };
}

function words({ language, voice }: VoiceSettings, text: string): SpokenWords {
  return { text, language, voice };
}
