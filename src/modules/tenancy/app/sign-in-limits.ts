import { Injectable } from '@nestjs/common';
import { Allowances } from '../../../common/time/allowance';
import { SignInThrottled } from '../domain/errors';

/** Failures of one address with one account; of one address with all; and how many one address may have checked at once. */
const ACCOUNT = { size: 10, perMinute: 10 };
const ADDRESS = { size: 100, perMinute: 60 };
const AT_ONCE = 8;

/**
 * How often someone may be wrong: counted per client address and process, so that nobody can lock out an account, nor everybody
 * by keeping the password check busy. Who is right does not count.
 */
@Injectable()
export class SignInLimits {
  private readonly ofAccount = new Allowances(ACCOUNT);
  private readonly ofAddress = new Allowances(ADDRESS);
  private readonly running = new Map<string, number>();

  /** Runs one check of a password. Throws {@link SignInThrottled} when there were too many failures, or too many run. */
  async guard<T>(address: string, email: string, check: () => Promise<T>): Promise<T> {
    const account = `${address}|${email}`;
    const running = this.running.get(address) ?? 0;
    if (running >= AT_ONCE || this.ofAccount.isUsedUp(account) || this.ofAddress.isUsedUp(address))
      throw new SignInThrottled();
    this.running.set(address, running + 1);
    try {
      return await check();
    } catch (error) {
      this.ofAccount.take(account);
      this.ofAddress.take(address);
      throw error;
    } finally {
      const left = (this.running.get(address) ?? 1) - 1;
      if (left > 0) this.running.set(address, left);
      else this.running.delete(address);
    }
  }
}
