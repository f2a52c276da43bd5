import { Injectable } from '@nestjs/common';
import type { ProviderName } from '../domain/channel';
import { AccountSuspended, CredentialsRejected, ProviderUnavailable } from '../domain/errors';
import { Providers, type AccountFacts, type AccountToVerify } from '../domain/provider';

/** Lets only credentials pass that the provider accepts. Calls the network: never inside a transaction. */
@Injectable()
export class CredentialCheck {
  constructor(private readonly providers: Providers) {}

  /** What the provider tells of them. Throws `CredentialsRejected`, `AccountSuspended` and `ProviderUnavailable`. */
  async pass(provider: ProviderName, account: AccountToVerify): Promise<AccountFacts> {
    const check = await this.providers.of(provider).verifyAccount(account);
    switch (check.kind) {
      case 'accepted':
        return check;
      case 'rejected':
        throw new CredentialsRejected(check.part);
      case 'suspended':
        throw new AccountSuspended();
      case 'unavailable':
        throw new ProviderUnavailable(check.afterSeconds);
    }
  }
}
