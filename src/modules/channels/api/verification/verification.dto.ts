import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min, ValidateIf } from 'class-validator';
import type { WantedVerification } from '../../app/verification/set-verification.use-case';
import { OBSERVE_HOURS_MAX, VERIFICATION_MODES, type VerificationMode } from '../../domain/verification';

/** What becomes of deliveries whose signature does not fit. */
export class WantedVerificationDto {
  /** `enforce` refuses them, `observe` takes them in and notes it. @example "observe" */
  @ApiProperty({ enum: VERIFICATION_MODES })
  @IsIn(VERIFICATION_MODES)
  mode!: VerificationMode;

  /** With `observe`: after so many hours, 1 to 72, signatures are enforced again. @example 24 */
  @ApiProperty({ type: 'integer', required: false })
  @ValidateIf(({ mode, hours }: WantedVerificationDto) => mode === 'observe' || hours !== undefined)
  @IsInt()
  @Min(1)
  @Max(OBSERVE_HOURS_MAX)
  hours?: number;
}

/** As the use case takes it. The hours are checked where they count. */
export function wantedVerification({ mode, hours = 0 }: WantedVerificationDto): WantedVerification {
  return mode === 'observe' ? { mode, hours } : { mode };
}
