import { Injectable } from '@nestjs/common';
import { ConsentWords, reservedWordInvitation, ReservedWordInvited } from '../../channels';
import type { InvitationLinter } from '../domain/invitation';

/** Knows the words that change consent in the organization at hand. */
@Injectable()
export class InvitationCheck {
  constructor(private readonly words: ConsentWords) {}

  /** Computes, once it is there. */
  async linter(): Promise<InvitationLinter> {
    const words = await this.words.reserved();
    return (text) => {
      const found = reservedWordInvitation(text, words);
      return found && (new ReservedWordInvited('body', found).fields[0]?.message ?? null);
    };
  }
}
