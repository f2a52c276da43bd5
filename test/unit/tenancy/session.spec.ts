import {
  OrganizationSuspended,
  SessionEnded,
  WrongCredentials,
} from '../../../src/modules/tenancy/domain/errors';
import {
  chooseMembership,
  judgeRefresh,
  type MembershipView,
} from '../../../src/modules/tenancy/domain/session';

const membership = (orgSlug: string, orgStatus = 'active'): MembershipView => ({
  orgId: orgSlug,
  orgName: orgSlug,
  orgSlug,
  orgStatus,
  role: 'agent',
});

describe('the organization that a sign-in leads to', () => {
  test('is the one joined first', () => {
    expect(chooseMembership([membership('a'), membership('b')], undefined).orgSlug).toBe('a');
  });
  test('is the one asked for', () => {
    expect(chooseMembership([membership('a'), membership('b')], 'b').orgSlug).toBe('b');
  });
  test('is not a suspended one, unless there is no other', () => {
    expect(chooseMembership([membership('a', 'suspended'), membership('b')], undefined).orgSlug).toBe('b');
    expect(() => chooseMembership([membership('a', 'suspended')], undefined)).toThrow(OrganizationSuspended);
    expect(() => chooseMembership([membership('a', 'suspended'), membership('b')], 'a')).toThrow(
      OrganizationSuspended,
    );
  });
  test('does not exist for someone who belongs nowhere, or not there', () => {
    expect(() => chooseMembership([], undefined)).toThrow(WrongCredentials);
    expect(() => chooseMembership([membership('a')], 'b')).toThrow(WrongCredentials);
    expect(() => chooseMembership([membership('a')], '')).toThrow(WrongCredentials);
  });
});

describe('a refresh token', () => {
  const good = { used: false, revoked: false, expired: false, userActive: true, orgStatus: 'active' };

  test('is exchanged once', () => {
    expect(judgeRefresh(good)).toBe('rotate');
    expect(judgeRefresh({ ...good, used: true })).toBe('reuse');
  });
  test.each([{ revoked: true }, { expired: true }, { userActive: false }, { orgStatus: null }])(
    'is worth nothing: %j',
    (state) => {
      expect(() => judgeRefresh({ ...good, ...state })).toThrow(SessionEnded);
    },
  );
  test('that was used ends the session even when the user is disabled or gone', () => {
    expect(judgeRefresh({ ...good, used: true, userActive: false, orgStatus: null })).toBe('reuse');
  });
  test('that was used says nothing more once the session is over', () => {
    expect(() => judgeRefresh({ ...good, used: true, revoked: true })).toThrow(SessionEnded);
  });
  test('of a suspended organization is kept for later', () => {
    expect(() => judgeRefresh({ ...good, orgStatus: 'suspended' })).toThrow(OrganizationSuspended);
  });
});
