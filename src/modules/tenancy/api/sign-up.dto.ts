import { Transform, Type } from 'class-transformer';
import { IsDefined, IsOptional, IsString, Length, Matches, MaxLength, ValidateNested } from 'class-validator';
import { IsEmailAddress } from '../../../common/http';
import { normaliseEmail } from '../domain/email';
import { TokenHolderDto } from './token-holder.dto';

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
  @IsEmailAddress()
  @MaxLength(254)
  email!: string;
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

/** The proof that the address is theirs, and who they are. */
export class ConfirmSignUpDto extends TokenHolderDto {
  /** As it stands in the mail; works once. @example "fds_AZmhsnw9fk-KW2x9jp-gtdHQtZmLye8nkrTP0YJ1xWqU4bFvS6aOeGh3NiKp7RtC" */
  @IsString()
  @Length(1, 200)
  @Matches(/^[\w-]+$/, { message: 'token must be one that was mailed' })
  token!: string;
  /** Another slug, when the one asked for is taken by now. @example "sunrise-clinic" */
  @IsOptional()
  @IsString()
  slug?: string;
}
