import fc from 'fast-check';
import { formatApiKey, parseApiKey } from '../../../src/modules/tenancy/domain/api-key';
import { bearerToken } from '../../../src/modules/tenancy/domain/authorization-header';
import { normaliseEmail } from '../../../src/modules/tenancy/domain/email';
import { PasswordTooLong, PasswordTooShort, ScopeNotHeld } from '../../../src/modules/tenancy/domain/errors';
import { checkNewPassword } from '../../../src/modules/tenancy/domain/password';
import { checkScopesHeld, knownScopes } from '../../../src/modules/tenancy/domain/scopes';
import { randomPrefix, randomSecret } from '../../../src/modules/tenancy/app/secrets';
import { storableAddress } from '../../../src/common/http/client-address';

describe('an API key', () => {
  test('is read as it was written, underscores in the secret included', () => {
    for (let i = 0; i < 500; i++) {
      const parts = { prefix: randomPrefix(), secret: randomSecret() };
      expect(parseApiKey(formatApiKey(parts))).toEqual(parts);
    }
    const secret = '_'.repeat(43);
    expect(parseApiKey(`fd_abcdefghij12_${secret}`)).toEqual({ prefix: 'abcdefghij12', secret });
  });

  test('is nothing else', () => {
    const good = `fd_abcdefghij12_${'A'.repeat(43)}`;
    for (const bad of [
      `${good}A`,
      good.slice(0, -1),
      `${good}\n`,
      ` ${good}`,
      good.replace('fd', 'FD'),
      good.replace('a', 'A'),
    ])
      expect(parseApiKey(bad)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => parseApiKey(text) === undefined));
  });
});

describe('the Authorization header', () => {
  test.each(['Bearer abc', 'bearer abc', 'BEARER   abc'])('%j bears a token', (header) =>
    expect(bearerToken(header)).toBe('abc'),
  );
  test.each([
    undefined,
    '',
    'abc',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Basic abc',
    'Bearer\tabc',
    'Bearer é',
    'xBearer abc',
  ])('%j bears none', (header) => expect(bearerToken(header)).toBeUndefined());
  test('is not looked at when it is too long', () => {
    expect(bearerToken(`Bearer ${'a'.repeat(8185)}`)).toHaveLength(8185);
    expect(bearerToken(`Bearer ${'a'.repeat(8186)}`)).toBeUndefined();
  });
  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) =>
        ['string', 'undefined'].includes(typeof bearerToken(text)),
      ),
    );
  });
});

test('an address is compared without blanks and case', () => {
  expect(normaliseEmail('  Dana@Demo.EXAMPLE\n')).toBe('dana@demo.example');
});

test('a new password has 10 to 200 characters', () => {
  expect(() => checkNewPassword('x'.repeat(9))).toThrow(PasswordTooShort);
  expect(() => checkNewPassword('x'.repeat(10))).not.toThrow();
  expect(() => checkNewPassword('x'.repeat(200))).not.toThrow();
  expect(() => checkNewPassword('x'.repeat(201))).toThrow(PasswordTooLong);
});

test('scopes are known permissions, never self, each once', () => {
  expect([...knownScopes(['messages.send', 'messages.send', 'self', 'dropped.long-ago'])]).toEqual([
    'messages.send',
  ]);
});

test('nobody hands out more than they have', () => {
  const held = new Set(['contacts.read', 'api_keys.manage'] as const);
  expect(() => checkScopesHeld(['contacts.read'], held)).not.toThrow();
  expect(() => checkScopesHeld(['contacts.read', 'messages.send', 'jobs.manage'], held)).toThrow(
    ScopeNotHeld,
  );
});

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
  ['fe80::1%eth0', undefined],
  ['unknown', undefined],
  ['10.0.0.1:4711', undefined],
])('the address %s is stored as %s', (given, stored) => expect(storableAddress(given)).toBe(stored));
