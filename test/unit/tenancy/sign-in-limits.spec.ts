import { SignInLimits } from '../../../src/modules/tenancy/app/sign-in-limits';
import { SignInThrottled } from '../../../src/modules/tenancy/domain/errors';

const never = (): Promise<never> => new Promise(() => undefined);
const wrong = (): Promise<never> => Promise.reject(new Error('wrong'));
const right = (): Promise<string> => Promise.resolve('in');

describe('how often someone may be wrong', () => {
  it('lets one address have eight checks at once, and others theirs', async () => {
    const limits = new SignInLimits();
    for (let i = 0; i < 8; i++) void limits.guard('10.0.0.1', `${i}@example.test`, never);
    await expect(limits.guard('10.0.0.1', 'me@example.test', right)).rejects.toBeInstanceOf(SignInThrottled);
    await expect(limits.guard('10.0.0.2', 'me@example.test', right)).resolves.toBe('in');
  });

  it('gives a place back however the check ended', async () => {
    const limits = new SignInLimits();
    for (let i = 0; i < 20; i++) {
      await limits.guard('10.0.0.1', `${i}@example.test`, right);
      await expect(limits.guard('10.0.0.1', `${i}@example.test`, wrong)).rejects.toThrow('wrong');
    }
    await expect(limits.guard('10.0.0.1', 'me@example.test', right)).resolves.toBe('in');
  });

  it('counts failures of an address with an account, and not who is right', async () => {
    const limits = new SignInLimits();
    for (let i = 0; i < 30; i++) await limits.guard('10.0.0.1', 'me@example.test', right);
    for (let i = 0; i < 10; i++)
      await expect(limits.guard('10.0.0.1', 'me@example.test', wrong)).rejects.toThrow('wrong');
    await expect(limits.guard('10.0.0.1', 'me@example.test', right)).rejects.toBeInstanceOf(SignInThrottled);
    await expect(limits.guard('10.0.0.1', 'you@example.test', right)).resolves.toBe('in');
    await expect(limits.guard('10.0.0.2', 'me@example.test', right)).resolves.toBe('in');
  });
});
