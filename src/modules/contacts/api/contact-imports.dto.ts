import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { CSV_DELIMITERS, CSV_ENCODINGS, type CsvDelimiter, type CsvEncoding } from '../../../common/csv';

/** What is said of a file that is uploaded. */
export class UploadImportQueryDto {
  /** What the file is called; shown in the list. @example "patients.csv" */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  fileName?: string;
}

const toBoolean = ({ value }: { value: unknown }): unknown =>
  value === 'true' ? true : value === 'false' ? false : value;

/** How a file is to be read; what is left out is found out. */
export class ReadingDto {
  /** Windows-1252 is what Latin-1 is read as. @example "utf-8" */
  @ApiProperty({ enum: CSV_ENCODINGS, required: false })
  @IsOptional()
  @IsIn(CSV_ENCODINGS)
  encoding?: CsvEncoding;

  /** What stands between two cells. @example ";" */
  @ApiProperty({ enum: CSV_DELIMITERS, required: false, example: ';' })
  @IsOptional()
  @IsIn(CSV_DELIMITERS)
  delimiter?: CsvDelimiter;

  /** Whether the first row names the columns. @example true */
  @ApiProperty({ type: Boolean, required: false })
  @IsOptional()
  @Transform(toBoolean)
  @IsBoolean()
  hasHeader?: boolean;
}

/** Which column is what. */
export class MappedColumnDto {
  /** Counted from 1. @example 2 */
  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(1)
  @Max(1000)
  column!: number;

  /**
   * `name`, `firstName`, `lastName`, `phone`, `email`, `timezone`, `serviceInterests`, `leadScore`, `leadStatus`, `notes`,
   * `tags`, `customFields.<key>`, `consent.whatsapp`, `consent.sms`, `consent.voice` (yes or no), the same with `.marketing` behind it,
   * `consent.at` (when it was given), `consent.wording` or `consent.source`. Items of a list stand between semicolons. @example "phone"
   */
  @IsString()
  @Matches(/^[a-zA-Z]+(\.[a-zA-Z0-9_]{1,64}){0,2}$/, {
    message: 'field must be the name of a field, such as phone or consent.whatsapp.marketing',
  })
  field!: string;
}

/** The evidence of consent, for rows that do not bring their own. */
export class ImportConsentDto {
  /** When it was given. @example "2026-01-05T10:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  at?: Date;

  /** The wording that the people agreed to. @example "I agree to be written to on WhatsApp." */
  @IsOptional()
  @IsString()
  @Length(1, 1000)
  wording?: string;

  /** Where it was given. @example "Registration form, 2025 edition" */
  @IsOptional()
  @IsString()
  @Length(1, 1000)
  source?: string;
}

/** How a file is to be imported. */
export class StartImportDto extends ReadingDto {
  /** Columns that are left out are not read. One of them is the phone or the email. */
  @ApiProperty({ type: [MappedColumnDto] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => MappedColumnDto)
  mapping!: MappedColumnDto[];

  /** Does everything but write: counts and errors are those that the import would have. @example true */
  @ApiProperty({ type: Boolean, required: false })
  @IsOptional()
  @IsBoolean()
  dryRun = false;

  /** Evidence for the rows that bring none. */
  @ApiProperty({ type: ImportConsentDto, required: false })
  @IsOptional()
  @ValidateNested()
  @Type(() => ImportConsentDto)
  consent?: ImportConsentDto;
}

/** How a file begins. */
export class ImportPreviewDto {
  /** `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`. @example "utf-8" */
  @ApiProperty({ enum: CSV_ENCODINGS })
  encoding!: string;
  /** @example ";" */
  delimiter!: string;
  /** Whether the first row names the columns. @example true */
  hasHeader!: boolean;
  /** What the columns are called, or `Column 1` and so on. @example ["Name", "Phone"] */
  columns!: string[];
  /** The first rows; long cells are cut. */
  @ApiProperty({
    type: 'array',
    items: { type: 'array', items: { type: 'string' } },
    example: [['Dana Weber', '+49 151 12345678']],
  })
  rows!: string[][];
  /** What the columns probably are. */
  @ApiProperty({ type: [MappedColumnDto] })
  suggestedMapping!: MappedColumnDto[];
}

/** A file of contacts and what came of it. */
export class ContactImportDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /**
   * `uploaded` (to be started), `running`, `checked` (a dry run has ended; it can be started), `completed`, `failed` (the file
   * could not be read to its end) or `cancelled`. @example "running"
   */
  @ApiProperty({ enum: ['uploaded', 'running', 'checked', 'completed', 'failed', 'cancelled'] })
  status!: string;
  /** @example "patients.csv" */
  fileName!: string | null;
  /** @example 1048576 */
  @ApiProperty({ type: 'integer' })
  sizeBytes!: number;
  /** @example "utf-8" */
  @ApiProperty({ enum: [...CSV_ENCODINGS, null], nullable: true })
  encoding!: string | null;
  /** @example ";" */
  delimiter!: string | null;
  /** @example true */
  hasHeader!: boolean | null;
  /** @example false */
  dryRun!: boolean;
  /** Rows that were worked off so far. @example 4000 */
  @ApiProperty({ type: 'integer' })
  rowsRead!: number;
  /** Rows that made a contact. @example 3000 */
  @ApiProperty({ type: 'integer' })
  created!: number;
  /** Rows that changed one. @example 800 */
  @ApiProperty({ type: 'integer' })
  updated!: number;
  /** Rows that said what was so already. @example 190 */
  @ApiProperty({ type: 'integer' })
  unchanged!: number;
  /** Rows that were left out; the report tells why. @example 10 */
  @ApiProperty({ type: 'integer' })
  failed!: number;
  /**
   * Why it came to no good end. The file could not be read to its end: `row_too_long`, `too_many_cells`, `quote_not_closed` or
   * `internal_error`. It waited while somebody was erased, who may be in it: `erasure_meanwhile`; upload it again without them.
   * @example "quote_not_closed"
   */
  @ApiProperty({ type: String, nullable: true })
  problem!: string | null;
  /** The line where that was. @example 17 */
  @ApiProperty({ type: 'integer', nullable: true })
  problemLine!: number | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** @example "2026-01-05T10:01:00.000Z" */
  startedAt!: Date | null;
  /** @example "2026-01-05T10:02:00.000Z" */
  finishedAt!: Date | null;
}

/** A file that was just uploaded. */
export class UploadedImportDto extends ContactImportDto {
  /** How it begins. */
  preview!: ImportPreviewDto;
}
