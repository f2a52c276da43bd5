import type { Uuid } from '../../../common/context';

/** Days of the week, Monday is 1. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** When somebody is there to answer, by the organization's clock. */
export interface StaffedHours {
  readonly days: readonly Weekday[];
  /** `HH:MM`; from `start` until before `end`, over midnight where `end` is the earlier one. */
  readonly start: string;
  readonly end: string;
}

/** What a number does when somebody calls. */
export interface VoiceSettings {
  /** BCP 47. */
  readonly language: string;
  /** The provider's name of a voice; null for its own choice. */
  readonly voice: string | null;
  /** Said first; null for nothing. */
  readonly greeting: string | null;
  /** Numbers of staff, E.164, that ring together; none: calls are not forwarded. */
  readonly forwardTo: readonly string[];
  readonly forwardTimeoutSeconds: number;
  /** When calls are forwarded; null: always. */
  readonly forwardHours: StaffedHours | null;
  readonly voicemailEnabled: boolean;
  readonly voicemailPrompt: string | null;
  readonly voicemailMaxSeconds: number;
  /** Once a recording is stored here, the provider's copy is deleted. */
  readonly voicemailDeletedAtProvider: boolean;
  /** Said where nobody answers and there is no voicemail, and after a voicemail. */
  readonly closing: string;
  /** Said after a reminder; key 9 ends such calls. */
  readonly stopPrompt: string;
  readonly missedCallText: MissedCallText;
}

/** What is written to somebody whose call was missed, where their consent allows it. */
export interface MissedCallText {
  readonly enabled: boolean;
  readonly text: string;
  /** Over which SMS or WhatsApp number. */
  readonly connectionId: Uuid | null;
}

/** What is changed of it; what is left out stays. */
export type VoiceSettingsChange = Partial<Omit<VoiceSettings, 'missedCallText'>> & {
  readonly missedCallText?: Partial<MissedCallText>;
};

/** What holds while nobody chose anything: nobody is forwarded to, callers can leave a message. */
export const DEFAULT_VOICE_SETTINGS: VoiceSettings = {
  language: 'en-US',
  voice: null,
  greeting: null,
  forwardTo: [],
  forwardTimeoutSeconds: 20,
  forwardHours: null,
  voicemailEnabled: true,
  voicemailPrompt: 'We cannot answer right now. Please leave a message after the tone.',
  voicemailMaxSeconds: 120,
  voicemailDeletedAtProvider: false,
  closing: 'Thank you for your call. Goodbye.',
  stopPrompt: 'Press 9 if you want no more calls like this.',
  missedCallText: {
    enabled: false,
    text: 'Sorry that we missed your call. Write to us here, and we will get back to you.',
    connectionId: null,
  },
};

/** Whether somebody is there at `local`, which is minutes since midnight of a day of the week. */
export function isStaffed(
  hours: StaffedHours | null,
  { weekday, minute }: { weekday: Weekday; minute: number },
): boolean {
  if (hours === null) return true;
  const [start, end] = [minuteOf(hours.start), minuteOf(hours.end)];
  const yesterday = ((weekday + 5) % 7) + 1;
  const opens = hours.days.includes(weekday);
  if (start < end) return opens && minute >= start && minute < end;
  return (opens && minute >= start) || (hours.days.includes(yesterday as Weekday) && minute < end);
}

function minuteOf(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}
