import { Transform } from 'class-transformer';
import { IsOptional, IsString, Length } from 'class-validator';
import { IsOneLine, trimmed } from '../../../common/http';
import { PASSWORD_LENGTH } from '../domain/password';

/** What someone with a token out of a mail says of themselves. */
export class TokenHolderDto {
  /** Needed of someone who is no user yet. @example "Noor" */
  @IsOptional()
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  @IsOneLine()
  firstName?: string;

  /** Needed of someone who is no user yet. @example "Neumann" */
  @IsOptional()
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  @IsOneLine()
  lastName?: string;

  /** A user's own password, which stays as it is; of someone new, the one that they choose. @example "correct horse battery staple" */
  @IsOptional()
  @IsString()
  @Length(1, PASSWORD_LENGTH.max)
  password?: string;
}
