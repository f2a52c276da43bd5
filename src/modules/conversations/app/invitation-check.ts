import { Injectable } from '@nestjs/common';
import { reservedWordInvitation, ReservedWordInvited, reservedWords } from '../../channels';
import type { InvitationLinter } from '../domain/invitation';

/** Knows the words that change consent in the organization at hand. */
@Injectable()
export class InvitationCheck {
  /** Computes, once it is there. */
  async linter(): Promise<InvitationLinter> {
    const words = reservedWords();
    return (text) => {
      const found = reservedWordInvitation(text, words);
      return found && (new ReservedWordInvited('body', found).fields[0]?.message ?? null);
    };
  }
}
