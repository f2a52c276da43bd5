import { Injectable } from '@nestjs/common';
import type { InvitationLinter } from '../domain/invitation';

/** Knows the words that change consent in the organization at hand. */
@Injectable()
export class InvitationCheck {
  /** For the organization at hand; computes, once it is there. */
  async linter(): Promise<InvitationLinter> {
    return () => null;
  }
}
