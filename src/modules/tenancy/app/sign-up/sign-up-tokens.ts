import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { constantTimeEqual, sha256 } from '../../../../common/crypto';
import { SignUpsRepository, type PresentedSignUp, type SignUp } from '../../db/sign-ups.repository';
import { SignUpNotValid } from '../../domain/organization-errors';
import { parseMailedToken } from '../mailed-token';

/** A token that was right a moment ago. */
export interface FoundSignUp {
  readonly id: Uuid;
  readonly secret: string;
  readonly signUp: SignUp;
}

/** Which sign-up a token confirms. */
@Injectable()
export class SignUpTokens {
  constructor(private readonly signUps: SignUpsRepository) {}

  /** Before a transaction. Throws {@link SignUpNotValid} whatever is wrong. */
  async find(token: string): Promise<FoundSignUp> {
    const parsed = parseMailedToken('fds', token);
    const [id] = parsed?.ids ?? [];
    if (!parsed || !id) throw new SignUpNotValid();
    const { secret } = parsed;
    return { id, secret, signUp: usable(await this.signUps.presented(id), secret) };
  }

  /** The same once more, in the transaction that uses it up: of many at once one comes first. */
  async take({ id, secret }: FoundSignUp): Promise<SignUp> {
    const signUp = usable(await this.signUps.lock(id), secret);
    await this.signUps.forget(signUp.email);
    return signUp;
  }
}

function usable(row: PresentedSignUp | undefined, secret: string): SignUp {
  // Compared in any case, so that time tells no more than the answer does.
  const isRight = constantTimeEqual(row?.tokenHash ?? '', sha256(secret));
  if (!row || !isRight) throw new SignUpNotValid();
  const { tokenHash: _, ...signUp } = row;
  return signUp;
}
