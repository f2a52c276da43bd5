import * as fc from 'fast-check';
import { ROLES, type Role } from '../../../src/modules/tenancy';
import { LastOwner, OwnersOnly } from '../../../src/modules/tenancy/domain/member-errors';
import { checkInvitedRole, checkMemberChange } from '../../../src/modules/tenancy/domain/member-rules';

const role = fc.constantFrom<Role>(...ROLES);

function outcome(work: () => void): string {
  try {
    work();
    return 'done';
  } catch (error) {
    if (error instanceof OwnersOnly || error instanceof LastOwner) return error.code;
    throw error;
  }
}

describe('who changes whom', () => {
  it('leaves an owner, whatever owners and others do in whatever order', () => {
    const change = fc.record({ by: fc.nat(3), member: fc.nat(3), to: fc.option(role, { nil: null }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const members: (Role | null)[] = ['owner', 'owner', 'admin', 'agent'];
        for (const { by, member, to } of changes) {
          const [actor, from] = [members[by], members[member]];
          if (!actor || !from) continue;
          const owners = members.filter((held) => held === 'owner').length;
          if (outcome(() => checkMemberChange({ by: actor, from, to, owners })) === 'done') {
            expect(actor === 'owner' || (from !== 'owner' && to !== 'owner')).toBe(true);
            members[member] = to;
          }
          expect(members).toContain('owner');
        }
      }),
    );
  });

  it('lets an owner do everything but go as the last', () => {
    for (const from of ROLES)
      for (const to of [...ROLES, null]) {
        const expected = from === 'owner' && to !== 'owner' ? 'last_owner' : 'done';
        expect(outcome(() => checkMemberChange({ by: 'owner', from, to, owners: 1 }))).toBe(expected);
        expect(outcome(() => checkMemberChange({ by: 'owner', from, to, owners: 2 }))).toBe('done');
      }
  });

  it('lets owners alone invite owners', () => {
    for (const by of ROLES)
      for (const to of ROLES)
        expect(outcome(() => checkInvitedRole(by, to))).toBe(
          to === 'owner' && by !== 'owner' ? 'owners_only' : 'done',
        );
  });
});
