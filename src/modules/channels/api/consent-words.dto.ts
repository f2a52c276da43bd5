import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length, Matches, ValidateIf } from 'class-validator';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../domain/consent';
import type { ConsentKeyword } from '../domain/consent-keywords';
import { CONSENT_ANSWERS, type ConsentAnswer } from '../domain/consent-texts';

const ACTIONS = ['opt_out', 'opt_in', 'help'] as const;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
/** May be left out; null means something. */
const Given = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined && value !== null);

/** A word to be added. */
export class NewConsentKeywordDto {
  /** One word, at most 32 letters and figures. Case, marks around it and forms of Unicode make no difference. @example "Arrêt" */
  @IsString()
  @Length(1, 64)
  word!: string;
  /** The language in which it is answered. @example "fr" */
  @Matches(LANGUAGE, { message: 'language must be a language tag such as fr or pt-BR' })
  language!: string;
  /** @example "opt_out" */
  @ApiProperty({ enum: ACTIONS })
  @IsIn(ACTIONS)
  action!: ConsentKeyword;
  /** An opt-out of `transactional` is one of everything, one of `marketing` of that alone. An opt-in to `marketing` opens both. @example "transactional" */
  @ApiProperty({ enum: CONSENT_PURPOSES, required: false })
  @IsOptional()
  @IsIn(CONSENT_PURPOSES)
  purpose?: ConsentPurpose;
  /** What answers it; without it, the text of its language. @example "Vous ne recevrez plus de messages." */
  @Given()
  @IsString()
  @Length(1, 1600)
  reply?: string | null;
}

/** What can be changed; what is left out stays. */
export class ChangeConsentKeywordDto {
  /** @example "fr" */
  @ValidateIf((_, value) => value !== undefined)
  @Matches(LANGUAGE, { message: 'language must be a language tag such as fr or pt-BR' })
  language?: string;
  /** @example "marketing" */
  @ApiProperty({ enum: CONSENT_PURPOSES, required: false })
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(CONSENT_PURPOSES)
  purpose?: ConsentPurpose;
  /** null: the text of its language. @example "Vous ne recevrez plus de messages." */
  @Given()
  @IsString()
  @Length(1, 1600)
  reply?: string | null;
}

/** A word about consent of the organization's own. */
export class ConsentKeywordDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /** @example "Arrêt" */
  word!: string;
  /** @example "fr" */
  language!: string;
  @ApiProperty({ enum: ACTIONS, example: 'opt_in' })
  action!: ConsentKeyword;
  @ApiProperty({ enum: CONSENT_PURPOSES, example: 'marketing' })
  purpose!: ConsentPurpose;
  /** @example "Vous ne recevrez plus de messages." */
  reply!: string | null;
  /** @example 1 */
  version!: number;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** @example "2026-01-05T10:00:00.000Z" */
  updatedAt!: Date;
}

/** A text to be set. */
export class SetConsentTextDto {
  /** @example "help" */
  @ApiProperty({ enum: CONSENT_ANSWERS })
  @IsIn(CONSENT_ANSWERS)
  answer!: ConsentAnswer;
  /** @example "en" */
  @Matches(LANGUAGE, { message: 'language must be a language tag such as fr or pt-BR' })
  language!: string;
  /** null: the standard text again. @example "Call us at +49 30 1234567. Reply STOP to get no more messages." */
  @ApiProperty({ type: String, nullable: true, maxLength: 1600 })
  @ValidateIf((_, value) => value !== null)
  @IsString()
  @Length(1, 1600)
  text!: string | null;
}

/** What answers a word about consent in a language. */
export class ConsentTextDto {
  @ApiProperty({ enum: CONSENT_ANSWERS, example: 'help' })
  answer!: ConsentAnswer;
  /** @example "en" */
  language!: string;
  /** @example "A member of our team will answer you here. Reply STOP to get no more messages." */
  text!: string;
  /** Not the organization's own. @example true */
  isStandard!: boolean;
}
