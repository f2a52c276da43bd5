import { Transform, Type } from 'class-transformer';
import {
  IsDefined,
  IsEmail,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { normaliseEmail } from '../domain/email';
import { PASSWORD_LENGTH } from '../domain/password';

const normalised = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? normaliseEmail(value) : value;

/** What an organization is made of. */
export class NewOrganizationDto {
  /** 1 to 200 characters. @example "Sunrise Clinic" */
  @IsString()
  name!: string;
  /** Its name in addresses: up to 63 lower-case letters, digits and inner hyphens; unique in the installation. @example "sunrise" */
  @IsString()
  slug!: string;
  /** IANA time zone. @example "Europe/Berlin" */
  @IsString()
  timezone!: string;
  /** National phone numbers are read as of this country, ISO 3166-1 alpha-2. @example "DE" */
  @IsString()
  defaultCountry!: string;
  /** BCP 47; `en` without it. @example "de" */
  @IsOptional()
  @IsString()
  locale?: string;
}

/** Someone who wants an organization of their own. */
export class SignUpDto {
  /** Where the confirmation goes; case and blanks around it do not matter. @example "dana@sunrise.example" */
  @Transform(normalised)
  @IsEmail()
  @MaxLength(254)
  email!: string;
  /** 10 to 200 characters. @example "correct horse battery staple" */
  @IsString()
  @Length(PASSWORD_LENGTH.min, PASSWORD_LENGTH.max)
  password!: string;
  /** @example "Dana" */
  @IsString()
  @Length(1, 100)
  firstName!: string;
  /** @example "Sommer" */
  @IsString()
  @MaxLength(100)
  lastName!: string;
  /** What they want to open. */
  @IsDefined()
  @ValidateNested()
  @Type(() => NewOrganizationDto)
  organization!: NewOrganizationDto;
}

/** What is said to everybody who signs up. */
export class SignUpTakenDto {
  /** What happens next. @example "If the address can be used, a mail is on its way to it. Confirm the sign-up within 24 hours." */
  message!: string;
}

/** The proof that the address is theirs. */
export class ConfirmSignUpDto {
  /** From the mail; works once. @example "fds_q0Zk2vJ8mE5yB1nT7xW3rL9cD4hU6sAfG_pIoKqYtMw" */
  @IsString()
  @Matches(/^fds_[\w-]{43}$/, { message: 'token must be one that was mailed' })
  token!: string;
  /** Another slug, when the one asked for is taken by now. @example "sunrise-clinic" */
  @IsOptional()
  @IsString()
  slug?: string;
}
