import type { Uuid } from '../../../common/context';

/** A file of a message: its row in media_files. */
export interface MediaReference {
  readonly id: Uuid;
}

/** What a message of ours says: text or an approved template, and files. */
export interface MessageContent {
  /** As the person reads it, a template filled in; null for files alone. */
  readonly text: string | null;
  readonly media: readonly MediaReference[];
  readonly template: TemplateUse | null;
}

/** A template that was filled in for one message; kept with it. */
export interface TemplateUse {
  readonly templateId: Uuid;
  /** The provider's id of a template that it approved; null for one of our own, which is sent as text. */
  readonly contentId: string | null;
  readonly variables: Readonly<Record<string, string>>;
}

/** What the person must have consented to. */
export const CONSENT_PURPOSES = ['transactional', 'marketing'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];
