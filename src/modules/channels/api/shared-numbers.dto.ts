import { IsUUID } from 'class-validator';

/** Which organization is to use a number. */
export class AddMemberDto {
  /** An organization of this installation. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c2" */
  @IsUUID()
  organizationId!: string;
}

/** An organization that uses a shared number. */
export class SharedNumberMemberDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c2" */
  organizationId!: string;
  /** @example "Rosen Clinic" */
  name!: string;
  /** true: nothing is sent for it anywhere. @example false */
  isSuspended!: boolean;
  /** false: it switched its use of the number off, and sends nothing over it. @example true */
  isActive!: boolean;
  /** @example "2026-01-05T10:00:00.000Z" */
  since!: Date;
}
