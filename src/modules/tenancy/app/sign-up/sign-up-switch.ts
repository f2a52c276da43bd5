import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config';
import { SignUpClosed } from '../../domain/organization-errors';

/** Whether people make organizations themselves. */
@Injectable()
export class SignUpSwitch {
  constructor(private readonly config: Config) {}

  /** Throws {@link SignUpClosed}. */
  demandOpen(): void {
    if (this.config.signUp === 'closed') throw new SignUpClosed();
  }
}
