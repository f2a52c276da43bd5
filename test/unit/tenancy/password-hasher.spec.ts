import { PasswordHasher } from '../../../src/modules/tenancy/app/password-hasher';
import { TooManySignIns } from '../../../src/modules/tenancy/domain/errors';

const hasher = new PasswordHasher();

test('hashes with Argon2id at the cost that OWASP asks for, and a salt of its own', async () => {
  const [one, two] = await Promise.all([hasher.hash('a password'), hasher.hash('a password')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
});

test('knows the right password and no other', async () => {
  const hash = await hasher.hash('the right one');
  expect(await hasher.verify(hash, 'the right one')).toBe(true);
  expect(await hasher.verify(hash, 'the wrong one')).toBe(false);
});

test('without a hash no password is right, not even the one that the stand-in was made of', async () => {
  expect(await hasher.verify(undefined, 'no password at all')).toBe(false);
  expect(await hasher.verify(null, 'no password at all')).toBe(false);
});

test('two at once and 64 in line are served, those on top are told to come again', async () => {
  const hash = await hasher.hash('x');
  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => hasher.verify(hash, 'x')));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused).toHaveLength(34);
  for (const { reason } of refused) expect(reason).toBeInstanceOf(TooManySignIns);
  expect(await hasher.verify(hash, 'x')).toBe(true);
});
