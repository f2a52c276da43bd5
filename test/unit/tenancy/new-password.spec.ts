import { PasswordTooLong, PasswordTooShort } from '../../../src/modules/tenancy/domain/errors';
import { checkNewPassword } from '../../../src/modules/tenancy/domain/password';

it.each([
  [PasswordTooShort, 'x'.repeat(9), 'password_too_short'],
  [PasswordTooLong, 'x'.repeat(201), 'password_too_long'],
])('%p names the field in which the password stood', (kind, password, code) => {
  const check = () => checkNewPassword(password, 'newPassword');
  expect(check).toThrow(kind);
  expect(check).toThrow(
    expect.objectContaining({ fields: [expect.objectContaining({ field: 'newPassword', code })] }),
  );
});
