import { Transform } from 'class-transformer';
import { IsString, Length, Matches, MaxLength } from 'class-validator';
import { IsEmailAddress } from '../../../common/http';
import { normaliseEmail } from '../domain/email';
import { PASSWORD_LENGTH } from '../domain/password';

const normalised = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? normaliseEmail(value) : value;

/** A password and the one that replaces it. */
export class ChangePasswordDto {
  /** The one that works now. @example "correct horse battery staple" */
  @IsString()
  @Length(1, PASSWORD_LENGTH.max)
  currentPassword!: string;

  /** 10 to 200 characters. @example "four other random words" */
  @IsString()
  @Length(PASSWORD_LENGTH.min, PASSWORD_LENGTH.max)
  newPassword!: string;
}

/** Whose password is lost. */
export class RequestPasswordResetDto {
  /** The user's address. @example "owner@demo.example" */
  @Transform(normalised)
  @IsEmailAddress()
  @MaxLength(254)
  email!: string;
}

/** What is said to everybody who asks. */
export class ResetRequestedDto {
  /** The same whether or not anyone has the address. @example "If a user has this address, a mail with a token is on its way." */
  message!: string;
}

/** The mailed token, and the new password. */
export class ResetPasswordDto {
  /** As it stands in the mail. @example "fdr_AZmhsnw9fk-KW2x9jp-gtfWZHR3YrSbegbmrue71TXN5gHsL0T4V8X2Z6b0d4f8h" */
  @IsString()
  @Length(1, 200)
  @Matches(/^[\w-]+$/, { message: 'token must be one that was mailed' })
  token!: string;

  /** 10 to 200 characters. @example "four other random words" */
  @IsString()
  @Length(PASSWORD_LENGTH.min, PASSWORD_LENGTH.max)
  newPassword!: string;
}
