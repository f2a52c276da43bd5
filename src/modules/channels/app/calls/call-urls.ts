import type { Uuid } from '../../../../common/context';
import type { CallUrls } from '../../domain/voice-script';

/** Where the provider asks what is done next, below the address of a number's webhooks. */
export function callUrls(base: string): CallUrls {
  return {
    dialed: `${base}?step=dialed`,
    voicemail: `${base}?step=voicemail`,
    recording: `${base}?step=recording`,
  };
}

/** Where the provider tells the key that was pressed while a message was spoken. */
export function keyUrl(base: string, messageId: Uuid): string {
  return `${base}?step=key&message=${messageId}`;
}

/** Whether the provider asks there what is done next: not where it only tells that a recording is ready. */
export function asksNext(url: string): boolean {
  return /\?step=(?:dialed|voicemail|key)/.test(url);
}
