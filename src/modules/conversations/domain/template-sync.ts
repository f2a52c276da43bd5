import type { Uuid } from '../../../common/context';
import type { ConsentPurpose } from './message-content';
import type { TemplateApproval } from './template';
import type { TemplateVariable } from './template-variable';

/** A template as its provider tells of it. */
export interface ListedTemplate {
  readonly contentId: string;
  readonly name: string;
  readonly language: string;
  readonly contentType: string;
  readonly body: string | null;
  readonly variables: readonly TemplateVariable[];
  readonly approval: TemplateApproval;
  readonly rejectionReason: string | null;
  /** The laxest purpose that the provider's category allows. */
  readonly providerPurpose: ConsentPurpose;
}

/** The same as it was known. */
export interface HeldTemplate extends ListedTemplate {
  readonly id: Uuid;
  readonly consentPurpose: ConsentPurpose;
}

/** What to do so that we know what the provider told. */
export interface TemplateSyncPlan {
  readonly added: readonly ListedTemplate[];
  /** `isNews`: another approval than before. */
  readonly changed: readonly {
    readonly id: Uuid;
    readonly listed: ListedTemplate;
    readonly isNews: boolean;
  }[];
  /** The provider has them no more; only those that were not gone already. */
  readonly gone: readonly Uuid[];
}

/** What a provider sends values as: any text that it takes. Its own limits hold when it is filled in. */
export const PROVIDER_VALUE = { type: 'text', maxLength: 1600 } as const;

/** Compares what is known of an account with what its provider told. What is the same is left alone. */
export function templateSyncPlan(
  held: readonly HeldTemplate[],
  listed: readonly ListedTemplate[],
): TemplateSyncPlan {
  const told = new Map(listed.map((each) => [each.contentId, each]));
  const known = new Map(held.map((each) => [each.contentId, each]));
  return {
    added: [...told.values()].filter(({ contentId }) => !known.has(contentId)),
    changed: held.flatMap((before) => {
      const now = told.get(before.contentId);
      if (!now || isSame(before, now)) return [];
      return [{ id: before.id, listed: now, isNews: before.approval !== now.approval }];
    }),
    gone: held
      .filter(({ contentId, approval }) => !told.has(contentId) && approval !== 'disabled')
      .map(({ id }) => id),
  };
}

const COMPARED = [
  'name',
  'language',
  'contentType',
  'body',
  'approval',
  'rejectionReason',
  'providerPurpose',
] as const satisfies readonly (keyof ListedTemplate)[];

function isSame(before: ListedTemplate, now: ListedTemplate): boolean {
  return (
    COMPARED.every((field) => before[field] === now[field]) &&
    before.variables.length === now.variables.length &&
    before.variables.every(({ name, example }, at) => {
      const other = now.variables[at];
      return name === other?.name && example === other.example;
    })
  );
}
