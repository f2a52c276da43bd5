import type { CallUrls } from '../../domain/voice-script';

/** Where the provider asks what is done next, below the address of a number's webhooks. */
export function callUrls(base: string): CallUrls {
  return {
    dialed: `${base}?step=dialed`,
    voicemail: `${base}?step=voicemail`,
    recording: `${base}?step=recording`,
  };
}
