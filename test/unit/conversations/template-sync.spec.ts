import fc from 'fast-check';
import { newId } from '../../../src/common/context';
import { TEMPLATE_APPROVALS } from '../../../src/modules/conversations/domain/template';
import {
  PROVIDER_VALUE,
  templateSyncPlan,
  type HeldTemplate,
  type ListedTemplate,
} from '../../../src/modules/conversations/domain/template-sync';

const listed = fc.record<ListedTemplate>({
  contentId: fc.constantFrom('HX1', 'HX2', 'HX3', 'HX4'),
  name: fc.constantFrom('one', 'two'),
  language: fc.constantFrom('en', 'de'),
  contentType: fc.constant('twilio/text'),
  body: fc.constantFrom(null, 'Hi {{1}}'),
  variables: fc.array(
    fc.record({ name: fc.constantFrom('1', '2'), example: fc.constantFrom('a', 'b') }).map((each) => ({
      ...each,
      ...PROVIDER_VALUE,
    })),
    { maxLength: 2 },
  ),
  approval: fc.constantFrom(...TEMPLATE_APPROVALS),
  rejectionReason: fc.constantFrom(null, 'PROMOTIONAL'),
  providerPurpose: fc.constantFrom('transactional' as const, 'marketing' as const),
});
const listing = fc.uniqueArray(listed, { selector: ({ contentId }) => contentId });

/** What is held after a plan was carried out. */
function applied(held: readonly HeldTemplate[], told: readonly ListedTemplate[]): HeldTemplate[] {
  const { added, changed, gone } = templateSyncPlan(held, told);
  const stayed = held.map((each): HeldTemplate => {
    const change = changed.find(({ id }) => id === each.id);
    if (change) return { ...each, ...change.listed };
    return gone.includes(each.id) ? { ...each, approval: 'disabled' } : each;
  });
  return [
    ...stayed,
    ...added.map((each) => ({ ...each, id: newId(), consentPurpose: each.providerPurpose })),
  ];
}

describe('what a provider told of its templates', () => {
  it('is what is held afterwards; what it has no more is disabled; telling it again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(listing, { minLength: 1, maxLength: 4 }), (listings) => {
        let held: HeldTemplate[] = [];
        for (const told of listings) {
          held = applied(held, told);
          for (const each of told) expect(held).toContainEqual(expect.objectContaining({ ...each }));
          const known = new Set(told.map(({ contentId }) => contentId));
          expect(
            held.every(({ contentId, approval }) => known.has(contentId) || approval === 'disabled'),
          ).toBe(true);
          expect(templateSyncPlan(held, told)).toEqual({ added: [], changed: [], gone: [] });
        }
      }),
    );
  });

  it('is news where the approval is another one, and nowhere else', () => {
    fc.assert(
      fc.property(listing, listing, (before, after) => {
        const held = applied([], before);
        for (const { id, listed: now, isNews } of templateSyncPlan(held, after).changed)
          expect(isNews).toBe(held.find((each) => each.id === id)!.approval !== now.approval);
      }),
    );
  });
});
